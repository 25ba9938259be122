using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>Decides what is open, bottom up, and writes the directories of the result.</summary>
internal sealed class TreeAssembly(IMergeObjects objects, PathResolution resolution, MergeLabels labels)
{
    private readonly List<Conflict> _conflicts = [];
    private readonly MergeExplanation _explanation = new();

    public async ValueTask<TreeMergeOutcome> BuildAsync(MergeDirectory root, CancellationToken cancellationToken)
    {
        var id = await WriteAsync(root, cancellationToken) ?? await objects.WriteDirectoryAsync(DirectoryObject.Empty, cancellationToken);
        _conflicts.Sort(static (a, b) => a.Path.CompareTo(b.Path) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind));
        return _conflicts.Count == 0
            ? new TreeMergeOutcome.Clean(id) { Explanation = _explanation }
            : new TreeMergeOutcome.Conflicted(id, [.. _conflicts]) { Explanation = _explanation };
    }

    /// <summary>Reports a directory of which nobody can say where it went, while files were added to it.</summary>
    public void Report(MergeDirectory directory)
    {
        var (before, ours, theirs) = directory.Entries;
        _conflicts.Add(new Conflict(directory.Path, ConflictKind.RenameRename, SideOf(before), SideOf(ours), SideOf(theirs)));
    }

    /// <summary>Gives the directory's id, or null where it came out empty: a directory exists only by what it holds.</summary>
    private async ValueTask<ContentHash?> WriteAsync(MergeDirectory directory, CancellationToken cancellationToken)
    {
        var entries = new EntryList(directory.Settled);
        foreach (var (name, below) in directory.Below)
        {
            if (await WriteAsync(below, cancellationToken) is { } id)
            {
                entries.Set(DirectoryEntryOf(below, name, id));
            }
        }

        var displaced = new List<(MergePath Path, PathOutcome Outcome)>();
        foreach (var (name, path) in directory.Open)
        {
            if (path.IsVacated)
            {
                continue;
            }

            var outcome = await resolution.ResolveAsync(path, cancellationToken);
            if (outcome.Entry is not null && entries.Contains(name))
            {
                displaced.Add((path, outcome));
                continue;
            }

            Report(path, outcome.Conflicts);
            Explain(path, path.Path, outcome);
            if (outcome.Entry is { } entry)
            {
                entries.Set(entry.Name == name ? entry : entry.Renamed(name));
            }
        }

        foreach (var (path, outcome) in displaced)
        {
            Displace(directory, entries, path, outcome);
        }

        if (entries.Count == 0 && directory.Sealed.IsEmpty)
        {
            return null;
        }

        var written = DirectoryObject.Create(entries.All, directory.Sealed);
        return written.IsOk
            ? await objects.WriteDirectoryAsync(written.Value, cancellationToken)
            : throw new HiddenChangesException($"Directory '{directory.Path}' cannot be merged: {written.Error.Message}");
    }

    private void Displace(MergeDirectory directory, EntryList entries, MergePath path, PathOutcome outcome)
    {
        var name = path.Path.Name;
        var isOurs = directory.Below.GetValueOrDefault(name)?.Entries.Ours.IsDirectory != true && path.Ours is not null;
        var free = DisplacedNames.FindFree(DisplacedNames.For(name, isOurs ? labels.Ours : labels.Theirs), entries.Contains);
        entries.Set(outcome.Entry!.Renamed(free));
        // The side with the directory did not mean to delete the file's content: the directory says it all.
        Report(path, [.. outcome.Conflicts.Where(kind => kind != ConflictKind.ModifyDelete), ConflictKind.DirectoryFile]);
        Explain(path, directory.Path.Append(free), outcome);
    }

    private void Explain(MergePath path, TreePath result, PathOutcome outcome)
    {
        foreach (var part in path.Parts)
        {
            _explanation.Add(part with { Result = result });
        }

        if (path.Split is { } split && path.Of(split.Side.Other()) is null)
        {
            _explanation.Add(new PathFact(path.Path, result, split.Base?.Path, split.Ours.Path, split.Theirs.Path, outcome.Text));
        }
        else if (path.IsRearranged || outcome.Text is not null || result != path.Path)
        {
            _explanation.Add(new PathFact(
                path.Path, result, path.Base is null ? null : path.BasePath, path.Ours is null ? null : path.OurPath, path.Theirs is null ? null : path.TheirPath, outcome.Text));
        }
    }

    private void Report(MergePath path, IReadOnlyList<ConflictKind> kinds)
    {
        foreach (var kind in kinds)
        {
            _conflicts.Add(path.Split is { } split && kind == ConflictKind.RenameRename
                ? new Conflict(path.Path, kind, SideOf(split.Base?.Entry), split.Side == MergeSide.Ours ? SideOf(split.Ours.Entry) : null, split.Side == MergeSide.Theirs ? SideOf(split.Theirs.Entry) : null)
                : new Conflict(path.Path, kind, SideOf(path.Base), SideOf(path.Ours), SideOf(path.Theirs)));
        }
    }

    private static DirectoryEntry DirectoryEntryOf(MergeDirectory directory, EntryName name, ContentHash id)
    {
        var (before, ours, theirs) = directory.Entries;
        var like = ours.IsDirectory ? ours : theirs.IsDirectory ? theirs : before.IsDirectory ? before : null;
        return new DirectoryEntry(name, EntryKind.Directory, 0, id, like?.Fields ?? []);
    }

    private static ConflictSide? SideOf(DirectoryEntry? entry) => entry is null ? null : new ConflictSide(entry.Kind, entry.SizeBytes, entry.Hash);
}
