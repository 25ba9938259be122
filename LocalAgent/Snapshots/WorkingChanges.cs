using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Lists how the working directory differs from the line's tip, from the index alone.</summary>
internal static class WorkingChanges
{
    /// <summary>Stands for the hash of a file that is surely changed and was not read. No content is known to hash to it.</summary>
    public static ContentHash Unread { get; } = ContentHash.FromBytes([.. Enumerable.Repeat((byte)0xFF, ContentHash.SizeBytes)]);

    /// <summary>Lists the changes, sorted by path. Files of another size than the tip's count without being read; their hash is <see cref="Unread"/>.</summary>
    public static IReadOnlyList<PathChange> List(WorkingIndex index)
    {
        var changes = new List<PathChange>();
        foreach (var node in index.Pending)
        {
            if (ToChange(node) is { } change)
            {
                changes.Add(change);
            }
        }

        changes.Sort(static (a, b) => a.Path.CompareTo(b.Path));
        return changes;
    }

    private static PathChange? ToChange(IndexNode node)
    {
        var before = node.HasBaseFile ? node.Base : null;
        if (!node.IsPresentFile)
        {
            return before is null ? null : new PathChange(node.Path, ChangeType.Deleted, before, null);
        }

        if (node.Work is not { } work)
        {
            // Not read, because the size alone tells the difference; whoever needs the hash reads it.
            work = WorkingIndex.EntryFor(node, Unread, (ulong)node.Found!.Value.Stamp.SizeBytes);
        }
        else if (work.SameTarget(before))
        {
            return null;
        }

        var type = before is null ? ChangeType.Added
            : before.Kind.IsFile != work.Kind.IsFile ? ChangeType.TypeChanged
            : before.Kind != work.Kind && before.Hash == work.Hash ? ChangeType.ModeChanged
            : ChangeType.Modified;
        return new PathChange(node.Path, type, before, work);
    }
}
