using System.Runtime.InteropServices;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage.Packs;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Third stage: makes directories of trees, those below first. Everything they need was read before.</summary>
/// <param name="known">What every object read so far became.</param>
/// <param name="pack">Takes each new directory.</param>
internal sealed class TreeConversion(KnownObjects known, HistoryPack pack)
{
    /// <summary>Gives the root directory of a commit, converting whatever of it is new.</summary>
    public Core.Identity.ContentHash Convert(ImportWindow window, GitId commit, GitId tree)
    {
        try
        {
            return Convert(window, tree).Hash;
        }
        catch (GitRefusalException e)
        {
            throw new GitRefusalException(e.Error.Code, $"The commit {commit} cannot be carried: {e.Error.Message}", e.Error.Hint);
        }
    }

    private GitTarget Convert(ImportWindow window, GitId id)
    {
        if (known.Find(id) is { } done)
        {
            return done;
        }

        if (!window.Trees.TryGetValue(id, out var tree))
        {
            throw new GitRefusalException("git_damaged", $"the tree {id} was not read");
        }

        if (tree.Older is { Encoding: null } again)
        {
            Recall(again);
        }

        var entries = new DirectoryEntry[tree.Lines.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = Entry(window, id, tree, i);
        }

        var directory = DirectoryObject.Create(Sorted(entries), []);
        if (!directory.IsOk)
        {
            throw new GitRefusalException(directory.Error.Code, $"the tree {id}: {directory.Error.Message}");
        }

        tree.Encoding = pack.WriteDirectory(directory.Value, tree.Older?.Encoding);
        tree.Entries = entries;
        tree.Forget();
        var target = new GitTarget(tree.Encoding.Id, 0);
        known.Add(id, target);
        return target;
    }

    /// <summary>Makes again what a tree became that was read a second time. Where that is not known, nothing is held against it.</summary>
    private void Recall(ReadTree tree)
    {
        var entries = new DirectoryEntry[tree.Lines.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var line = ref tree.Lines[i];
            if (GitFields.KindOf(line.Mode(tree.Bytes)) is not { } kind || known.Entry(tree.Bytes, line, kind) is not { } entry)
            {
                return;
            }

            entries[i] = entry;
        }

        if (DirectoryObject.Create(Sorted(entries), []) is { IsOk: true, Value: var directory })
        {
            (tree.Entries, tree.Encoding) = (entries, DirectoryCodec.Encode(directory));
        }
    }

    private DirectoryEntry Entry(ImportWindow window, GitId id, ReadTree tree, int i)
    {
        if (tree.Same(i) is >= 0 and var same && tree.Older!.Entries is { } older)
        {
            if (i > 0 && tree.Same(i - 1) != same - 1)
            {
                RequireOrder(id, tree, i);
            }

            return older[same];
        }

        ref readonly var line = ref tree.Lines[i];
        var kind = GitFields.KindOf(line.Mode(tree.Bytes))!.Value;
        RequireOrder(id, tree, i);
        if (kind == EntryKind.Directory)
        {
            ConvertBelow(window, line, tree.Bytes);
        }

        return known.Entry(tree.Bytes, line, kind)
            ?? throw new GitRefusalException("git_damaged", $"'{GitRefusalException.Display(line.Name(tree.Bytes))}' of the tree {id} names {line.Id}, which was not read");
    }

    private void ConvertBelow(ImportWindow window, in GitTreeLine line, byte[] bytes)
    {
        try
        {
            _ = Convert(window, line.Id);
        }
        catch (GitRefusalException e)
        {
            throw new GitRefusalException(e.Error.Code, $"in '{GitRefusalException.Display(line.Name(bytes))}': {e.Error.Message}", e.Error.Hint);
        }
    }

    /// <summary>
    /// Gives the entries in the order of their names. Git's order differs only where the name of a directory is the beginning of
    /// another one, so that few have to move and not far.
    /// </summary>
    private static System.Collections.Immutable.ImmutableArray<DirectoryEntry> Sorted(DirectoryEntry[] entries)
    {
        var sorted = entries;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Name.CompareTo(sorted[i].Name) < 0)
            {
                continue;
            }

            sorted = ReferenceEquals(sorted, entries) ? [.. entries] : sorted;
            var entry = sorted[i];
            var at = i;
            for (; at > 0 && sorted[at - 1].Name.CompareTo(entry.Name) > 0; at--)
            {
                sorted[at] = sorted[at - 1];
            }

            sorted[at] = entry;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(sorted);
    }

    // A directory keeps no order, so a tree that is not in git's could not be given back.
    private static void RequireOrder(GitId id, ReadTree tree, int i)
    {
        if (i > 0 && GitTree.Compare(tree.Lines[i - 1].Name(tree.Bytes), tree.IsDirectory(i - 1), tree.Lines[i].Name(tree.Bytes), tree.IsDirectory(i)) >= 0)
        {
            throw new GitRefusalException("git_order", $"the tree {id} has '{GitRefusalException.Display(tree.Lines[i].Name(tree.Bytes))}' twice or out of order, which git's own check calls damage", "'git fsck' there names it; 'git replace' or 'git filter-repo' can mend it.");
        }
    }
}
