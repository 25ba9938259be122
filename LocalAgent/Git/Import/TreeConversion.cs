using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Third stage: makes directories of trees, those below first. Everything they need was read before.</summary>
/// <param name="known">What every object read so far became.</param>
/// <param name="write">Takes each new directory.</param>
internal sealed class TreeConversion(KnownObjects known, Action<DirectoryObject> write)
{
    /// <summary>Gives the root directory of a commit, converting whatever of it is new.</summary>
    public ContentHash Convert(ImportWindow window, GitId commit, GitId tree)
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

        var entries = new DirectoryEntry[tree.Lines.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var line = ref tree.Lines[i];
            var kind = GitFields.KindOf(line.Mode(tree.Bytes))!.Value;
            RequireOrder(id, tree.Bytes, tree.Lines, i);
            if (kind == EntryKind.Directory)
            {
                ConvertBelow(window, line, tree.Bytes);
            }

            entries[i] = known.Entry(tree.Bytes, line, kind) ?? throw new GitRefusalException("git_damaged", $"'{GitRefusalException.Display(line.Name(tree.Bytes))}' of the tree {id} names {line.Id}, which was not read");
        }

        var directory = DirectoryObject.Create(entries, []);
        if (!directory.IsOk)
        {
            throw new GitRefusalException(directory.Error.Code, $"the tree {id}: {directory.Error.Message}");
        }

        var target = new GitTarget(directory.Value.Id, 0);
        write(directory.Value);
        known.Add(id, target);
        return target;
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

    // A directory keeps no order, so a tree that is not in git's could not be given back.
    private static void RequireOrder(GitId id, byte[] bytes, GitTreeLine[] lines, int i)
    {
        if (i > 0 && GitTree.Compare(lines[i - 1].Name(bytes), IsDirectory(lines[i - 1], bytes), lines[i].Name(bytes), IsDirectory(lines[i], bytes)) >= 0)
        {
            throw new GitRefusalException("git_order", $"the tree {id} has '{GitRefusalException.Display(lines[i].Name(bytes))}' twice or out of order, which git's own check calls damage", "'git fsck' there names it; 'git replace' or 'git filter-repo' can mend it.");
        }
    }

    private static bool IsDirectory(in GitTreeLine line, byte[] bytes) => GitFields.KindOf(line.Mode(bytes)) == EntryKind.Directory;
}
