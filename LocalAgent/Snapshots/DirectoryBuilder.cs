using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>
/// Writes the directories on the way to what changed, and no others: the cost is the depth of the changed paths, not the
/// size of the tree. Directories without files are not recorded, as in git.
/// </summary>
internal sealed class DirectoryBuilder(StoreTransaction writer)
{
    /// <summary>Fewer changed files than this are built before other threads have begun.</summary>
    internal const int ManyFiles = 2048;

    private readonly List<(IndexNode Node, DirectoryEntry? Entry)> _built = [];

    /// <summary>What the root's directories became, where they were built ahead.</summary>
    private readonly Dictionary<IndexNode, Result<Slot>> _ahead = [];

    /// <summary>Gets the directories that were written, children first, with what they became.</summary>
    public IReadOnlyList<(IndexNode Node, DirectoryEntry? Entry)> Built => _built;

    /// <summary>Writes what changed and gives the id of the root.</summary>
    public async ValueTask<Result<ContentHash>> BuildRootAsync(WorkingIndex index, CancellationToken cancellationToken)
    {
        if (!index.Root.IsDirty && index.BaseRoot is { } unchanged)
        {
            return unchanged;
        }

        if (index.Pending.Count >= ManyFiles)
        {
            await BuildAheadAsync(index, cancellationToken);
        }

        var directory = Assemble(index.Root, cancellationToken);
        return directory.IsOk ? writer.WriteDirectory(directory.Value, cancellationToken) : directory.Error;
    }

    /// <summary>Builds the root's directories side by side: their entries' digests, and the directories below.</summary>
    private async Task BuildAheadAsync(WorkingIndex index, CancellationToken cancellationToken)
    {
        var folders = (index.Root.Children?.Values ?? Enumerable.Empty<IndexNode>()).Where(node => !node.IsPresentFile).ToArray();
        await Parallel.ForEachAsync(folders, cancellationToken, (node, token) =>
        {
            var below = new DirectoryBuilder(writer);
            var entry = below.EntryOf(node, token);
            lock (_ahead)
            {
                _ahead[node] = entry;
                _built.AddRange(below._built);
            }

            return ValueTask.CompletedTask;
        });
    }

    private Result<DirectoryObject> Assemble(IndexNode node, CancellationToken cancellationToken)
    {
        var entries = new List<DirectoryEntry>();
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
        {
            if (!_ahead.TryGetValue(child, out var entry))
            {
                entry = EntryOf(child, cancellationToken);
            }

            if (!entry.IsOk)
            {
                return entry.Error;
            }

            if (entry.Value.Entry is { } present)
            {
                entries.Add(present);
            }
        }

        return DirectoryObject.Create(entries, node.Sealed);
    }

    private Result<Slot> EntryOf(IndexNode node, CancellationToken cancellationToken)
    {
        if (node.IsForeign || node.IsUnreadable)
        {
            return new Slot(node.Base);
        }

        if (node.IsPresentFile)
        {
            // A file that could not be read keeps the version that the tip has.
            return new Slot(node.Work ?? (node.HasBaseFile ? node.Base : null));
        }

        if (node.Base is { Kind: EntryKind.Directory } && !node.IsDirty)
        {
            return new Slot(node.Base);
        }

        if (node.Children is not { Count: > 0 })
        {
            return new Slot(null);
        }

        var directory = Assemble(node, cancellationToken);
        return directory.IsOk ? Write(node, directory.Value, cancellationToken) : directory.Error;
    }

    private Slot Write(IndexNode node, DirectoryObject directory, CancellationToken cancellationToken)
    {
        DirectoryEntry? entry = null;
        if (!directory.Entries.IsEmpty || directory.HasSealed)
        {
            var id = writer.WriteDirectory(directory, cancellationToken);
            var fields = node.Base is { Kind: EntryKind.Directory } old ? old.Fields : [];
            entry = new DirectoryEntry(node.Name, EntryKind.Directory, 0, id, fields);
        }

        _built.Add((node, entry));
        return new Slot(entry);
    }

    /// <summary>A place in a directory: an entry, or nothing.</summary>
    private readonly record struct Slot(DirectoryEntry? Entry);
}
