using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>
/// Makes what the team sees in place of a snapshot that holds something: the same state with each held path as it was last
/// shared, on top of what the server has, so that no snapshot in between goes out with it. The same input gives the same
/// snapshot, which lets an upload be resumed.
/// </summary>
internal static class DerivedSnapshot
{
    /// <summary>Composes the snapshot and writes its directories.</summary>
    /// <param name="graph">Reads objects.</param>
    /// <param name="writer">Takes the new ones.</param>
    /// <param name="tip">The snapshot that holds something.</param>
    /// <param name="shared">The last state that the server has; null where it has none.</param>
    /// <param name="held">What is held in the tip.</param>
    public static async Task<SnapshotObject> MakeAsync(ObjectGraph graph, IObjectWriter writer, SnapshotObject tip, SnapshotId? shared, IReadOnlyList<HeldPath> held, CancellationToken cancellationToken)
    {
        var sharedRoot = shared is { } id ? (await graph.ReadSnapshotAsync(id, cancellationToken)).Root : (ContentHash?)null;
        var edits = new Dictionary<TreePath, DirectoryEntry?>();
        foreach (var path in held.Select(path => path.Path).Distinct())
        {
            edits[path] = sharedRoot is { } root ? await graph.FindAsync(root, path, cancellationToken) : null;
        }

        var hidden = held.Select(path => path.Content).ToHashSet();
        bool IsHidden(ConflictSide? side) => side is not null && hidden.Contains(side.Hash);
        var directory = await EditAsync(graph, writer, tip.Root, edits, 0, cancellationToken);
        var made = tip with
        {
            Root = await writer.WriteDirectoryAsync(directory, cancellationToken),
            Parents = shared is { } parent ? [parent] : [],
            Kind = SnapshotKind.Auto,
            Fields = [],
        };
        return made.WithConflicts([.. tip.Conflicts.Where(conflict => !IsHidden(conflict.Base) && !IsHidden(conflict.Ours) && !IsHidden(conflict.Theirs))]);
    }

    private static async Task<DirectoryObject> EditAsync(ObjectGraph graph, IObjectWriter writer, ContentHash id, Dictionary<TreePath, DirectoryEntry?> edits, int depth, CancellationToken cancellationToken)
    {
        var directory = await graph.ReadDirectoryAsync(id, cancellationToken);
        foreach (var group in edits.GroupBy(edit => edit.Key.Names()[depth]))
        {
            var entry = directory.Find(group.Key);
            var here = group.Where(edit => edit.Key.Depth == depth + 1).ToList();
            if (here is [var (_, replacement)])
            {
                directory = replacement is null ? directory.Without(group.Key) : directory.With(replacement);
            }
            else if (entry is { Kind: EntryKind.Directory })
            {
                var below = await EditAsync(graph, writer, entry.Hash, group.ToDictionary(edit => edit.Key, edit => edit.Value), depth + 1, cancellationToken);

                // Directories without files are not recorded.
                directory = below.Entries.IsEmpty && !below.HasSealed
                    ? directory.Without(group.Key)
                    : directory.With(new DirectoryEntry(group.Key, EntryKind.Directory, 0, await writer.WriteDirectoryAsync(below, cancellationToken), entry.Fields));
            }
        }

        return directory;
    }
}
