using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Diffing;

/// <summary>Compares two states of a tree, of which the newer may be the working directory, and gives the content of both sides.</summary>
internal sealed class StateDiff(OpenCopy copy)
{
    /// <summary>Larger files are shown as binary: nobody reads such a diff, and both sides must fit in memory.</summary>
    private const long MaxTextBytes = 64 * 1024 * 1024;

    private bool _toWorking;

    /// <summary>Compares two roots.</summary>
    public async Task<IReadOnlyList<PathChange>> CompareAsync(ContentHash? from, ContentHash? to, CancellationToken cancellationToken) =>
        await JoinSimilarAsync(from, await DirectoryDiff.CompareAsync(copy.Graph, from, to, cancellationToken), cancellationToken);

    /// <summary>Compares a root with the working directory as it is now.</summary>
    public async Task<IReadOnlyList<PathChange>> CompareWithWorkingAsync(ContentHash? from, CancellationToken cancellationToken)
    {
        _toWorking = true;
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        await new ContentCollector(copy).LookAsync(null, cancellationToken);
        var pending = WorkingChanges.List(copy.Index);
        return await JoinSimilarAsync(from, WithHashes(from == copy.Index.BaseRoot ? pending : await OverlayAsync(from, pending, cancellationToken)), cancellationToken);
    }

    /// <summary>Gets whether added files are looked for among the old versions of changed ones.</summary>
    public bool FindsCopies { get; init; }

    /// <summary>Gets whether they are looked for among all old files, as they were changed or not.</summary>
    public bool FindsCopiesEverywhere { get; init; }

    /// <summary>Gets how many comparisons the search for edited renames would have taken, where that was too many; else null.</summary>
    public long? RenamesGaveUpAt { get; private set; }

    /// <summary>Joins what moved unchanged. The turn must be held.</summary>
    public IReadOnlyList<PathChange> Join(IReadOnlyList<PathChange> changes) => ExactRenames.Join(WithHashes(changes));

    /// <summary>Reads the older side; empty where there was none, null where it is too large for text.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> OldAsync(PathChange change, CancellationToken cancellationToken) => ReadStoredAsync(change.Old, cancellationToken);

    /// <summary>Reads the newer side; empty where there is none, null where it is too large for text.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NewAsync(PathChange change, CancellationToken cancellationToken)
    {
        if (!_toWorking || change.New is not { } entry || !entry.Kind.HasContent)
        {
            return await ReadStoredAsync(change.New, cancellationToken);
        }

        return entry.Kind == EntryKind.Symlink ? copy.Files.ReadLink(change.Path) : ReadWorking(change.Path);
    }

    private async Task<IReadOnlyList<PathChange>> JoinSimilarAsync(ContentHash? from, IReadOnlyList<PathChange> changes, CancellationToken cancellationToken)
    {
        var limits = RenameLimits.ForDiff with { MinimumPercent = (int)copy.Config.Current.Number("diff.rename_similarity") };
        var joined = await RenameJoin.JoinAsync(changes, ReadSideAsync, limits, cancellationToken);
        RenamesGaveUpAt = joined.GaveUpAt;
        if (!FindsCopies && !FindsCopiesEverywhere)
        {
            return joined.Changes;
        }

        var all = FindsCopiesEverywhere ? await DirectoryDiff.CompareAsync(copy.Graph, null, from, cancellationToken) : [];
        var copied = await CopyJoin.JoinAsync(joined.Changes, all.Select(file => new RenameSide(file.Path, file.New!)), ReadSideAsync, limits, cancellationToken);
        RenamesGaveUpAt ??= copied.GaveUpAt;
        return copied.Changes;
    }

    /// <summary>A side whose hash is not known yet stands in the working directory alone.</summary>
    private ValueTask<ReadOnlyMemory<byte>?> ReadSideAsync(RenameSide side, CancellationToken cancellationToken) =>
        side.Entry.Hash == WorkingChanges.Unread ? ValueTask.FromResult(ReadWorking(side.Path)) : ReadStoredOrWorkingAsync(side, cancellationToken);

    private async ValueTask<ReadOnlyMemory<byte>?> ReadStoredOrWorkingAsync(RenameSide side, CancellationToken cancellationToken) =>
        _toWorking && !copy.Store.Contains(side.Entry.Hash) ? ReadWorking(side.Path) : await ReadStoredAsync(side.Entry, cancellationToken);

    private async Task<IReadOnlyList<PathChange>> OverlayAsync(ContentHash? from, IReadOnlyList<PathChange> pending, CancellationToken cancellationToken)
    {
        var changes = new SortedDictionary<TreePath, PathChange>();
        foreach (var change in await DirectoryDiff.CompareAsync(copy.Graph, from, copy.Index.BaseRoot, cancellationToken))
        {
            changes[change.Path] = change;
        }

        foreach (var change in pending)
        {
            var old = changes.TryGetValue(change.Path, out var known) ? known.Old : change.Old;
            changes.Remove(change.Path);
            if (TypeOf(old, change.New) is { } type)
            {
                changes[change.Path] = new PathChange(change.Path, type, old, change.New);
            }
        }

        return [.. changes.Values];
    }

    private static ChangeType? TypeOf(DirectoryEntry? old, DirectoryEntry? now) => (old, now) switch
    {
        (null, null) => null,
        (null, _) => ChangeType.Added,
        (_, null) => ChangeType.Deleted,
        _ when old.SameTarget(now) => null,
        _ when old.Kind.IsFile != now.Kind.IsFile => ChangeType.TypeChanged,
        _ => old.Hash == now.Hash ? ChangeType.ModeChanged : ChangeType.Modified,
    };

    /// <summary>A new file may be an old one that moved: those of a size that went are read to know.</summary>
    private List<PathChange> WithHashes(IReadOnlyList<PathChange> changes)
    {
        var gone = changes.Where(change => change.Type == ChangeType.Deleted).Select(change => change.Old!.SizeBytes).ToHashSet();
        return [.. changes.Select(change =>
            change is { Type: ChangeType.Added, New: { } entry } && entry.Hash == WorkingChanges.Unread && gone.Contains(entry.SizeBytes) && entry.Kind.IsFile && ReadWorking(change.Path) is { } bytes
                ? change with { New = new DirectoryEntry(entry.Name, entry.Kind, (ulong)bytes.Length, ContentHash.OfContent(bytes.Span)) }
                : change)];
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadStoredAsync(DirectoryEntry? entry, CancellationToken cancellationToken) =>
        entry is null || !entry.Kind.HasContent ? ReadOnlyMemory<byte>.Empty : await copy.Store.ReadAsync(entry.Hash, MaxTextBytes, cancellationToken);

    private ReadOnlyMemory<byte>? ReadWorking(TreePath path)
    {
        using var file = copy.Files.Open(path);
        if (file is null)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var size = file.Look().Stamp.SizeBytes;
        if (size > MaxTextBytes)
        {
            return null;
        }

        var bytes = new byte[size];
        return bytes.AsMemory(0, file.Read(bytes, 0));
    }
}
