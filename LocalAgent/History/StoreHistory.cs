using System.Runtime.CompilerServices;
using W0rktree.Core.History;
using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.History;

/// <summary>
/// The history index of one store, kept in <c>history/index</c> of its folder. Where the file is missing or damaged it is made anew.
/// Thread-safe: an index never changes, it is replaced.
/// </summary>
internal sealed class StoreHistory : IDisposable
{
    /// <summary>Below this many snapshots without a filter a walk reads directories faster than anybody notices.</summary>
    private const int WorthFilling = 64;

    /// <summary>How many filters are computed between two writes of the file: what a stop of the agent can lose.</summary>
    private const int FilledAtOnce = 10_000;

    // However many working copies share a store, its index is in memory once, and goes with the store.
    private static readonly ConditionalWeakTable<ObjectStore, StoreHistory> s_all = [];

    private readonly ObjectStore _store;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _filling = new(1, 1);
    private HistoryIndex? _index;
    private ulong? _keptAt;
    private bool _wasAsked;

    internal StoreHistory(ObjectStore store) => _store = store;

    /// <summary>Gives the history of a store.</summary>
    public static StoreHistory Of(ObjectStore store) => s_all.GetValue(store, static s => new StoreHistory(s));

    /// <summary>Gets the file of a store's index.</summary>
    public static string FileOf(ObjectStore store) => Path.Combine(store.Folder, "history", "index");

    /// <summary>Gives an index that knows some snapshots with all their ancestors.</summary>
    public async ValueTask<HistoryIndex> ReachAsync(IReadOnlyCollection<SnapshotId> heads, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _wasAsked = true;
            var build = Build();
            var known = await build.WithoutHealedAsync(_index ?? await LoadAsync(cancellationToken), cancellationToken);
            return _index = await build.ReachAsync(known, heads, Words(progress, "reading history"), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the index where it knows a snapshot without being extended, else null.</summary>
    public async ValueTask<HistoryIndex?> IfKnownAsync(SnapshotId head, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _wasAsked = true;
            _index ??= await LoadAsync(cancellationToken);
            return _index.Find(head) == HistoryIndex.None ? null : _index;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the index as it is, which may know little or nothing.</summary>
    public async ValueTask<HistoryIndex> CurrentAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _wasAsked = true;
            return _index ??= await LoadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes snapshots that were just made, parents first, so that none has to be read again; does nothing where it lacks a parent of them.</summary>
    public async Task TakeAsync(IReadOnlyList<IndexedSnapshot> made, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var writer = new HistoryIndexWriter().Take(_index ?? await LoadAsync(cancellationToken));
            foreach (var snapshot in made.Where(snapshot => !writer.Contains(snapshot.Id)))
            {
                if (!snapshot.Parents.All(writer.Contains))
                {
                    return;
                }

                writer.Add(snapshot, null);
            }

            _index = writer.ToIndex();
            await SaveAsync(_index, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells whether one snapshot is another or one of its ancestors.</summary>
    public async ValueTask<bool> IsAncestorAsync(SnapshotId ancestor, SnapshotId descendant, CancellationToken cancellationToken)
    {
        var index = await ReachAsync([descendant], null, cancellationToken);
        var (above, below) = (index.Find(ancestor), index.Find(descendant));
        return ancestor == descendant || (above != HistoryIndex.None && below != HistoryIndex.None && Relations.IsAncestor(index, above, below));
    }

    /// <summary>Counts what each of two snapshots has that the other has not.</summary>
    public async ValueTask<AheadBehind> CompareAsync(SnapshotId left, SnapshotId right, CancellationToken cancellationToken)
    {
        if (left == right)
        {
            return default;
        }

        var index = await ReachAsync([left, right], null, cancellationToken);
        var (ours, theirs) = (index.Find(left), index.Find(right));
        return ours == HistoryIndex.None || theirs == HistoryIndex.None ? default : Relations.Compare(index, ours, theirs);
    }

    /// <summary>Brings the index up to all references and writes it, filters included, where enough is new; forgets it where nobody asks.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (_keptAt != _store.Sequence)
        {
            _keptAt = _store.Sequence;
            await UpdateAsync(all: false, null, cancellationToken);
        }

        await _turn.WaitAsync(cancellationToken);
        // Asked for again within the interval, it stays; else the file has it.
        _index = _wasAsked ? _index : null;
        _wasAsked = false;
        _turn.Release();
    }

    /// <summary>Brings the index up to all references, with every filter.</summary>
    public Task<HistoryIndex> CompleteAsync(IProgress<ProgressInfo>? progress, CancellationToken cancellationToken) => UpdateAsync(all: true, progress, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _filling.Dispose();
    }

    private HistoryIndexBuild Build() => new(new ObjectGraph(_store));

    private async Task<HistoryIndex> UpdateAsync(bool all, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await _filling.WaitAsync(cancellationToken);
        try
        {
            var index = await ReachAllAsync(progress, cancellationToken);
            if (!all && index.LackingFilters < Math.Max(WorthFilling, index.Count / 64))
            {
                return index;
            }

            // A long history takes a minute: meanwhile questions are answered with what there is.
            for (var lacking = int.MaxValue; index.LackingFilters > 0 && index.LackingFilters < lacking;)
            {
                lacking = index.LackingFilters;
                index = await AdoptAsync(await Build().FillAsync(index, FilledAtOnce, Words(progress, "looking at changes"), cancellationToken), cancellationToken);
                await SaveAsync(index, cancellationToken);
            }

            return index;
        }
        finally
        {
            _filling.Release();
        }
    }

    private async Task<HistoryIndex> ReachAllAsync(IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var build = Build();
            var known = WithoutRemoved(await build.WithoutHealedAsync(_index ?? await LoadAsync(cancellationToken), cancellationToken));
            var heads = new StoreRefs(_store).List("").Select(pair => pair.Value).ToHashSet();
            return _index = await build.ReachAsync(known, heads, Words(progress, "reading history"), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes an index with more filters over, and with it the snapshots that were asked about meanwhile.</summary>
    private async Task<HistoryIndex> AdoptAsync(HistoryIndex filled, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_index is { } current && current.Count > filled.Count)
            {
                // A parent that was lacking may have come meanwhile: then what was filled is of the past, and the next round fills again.
                if (Enumerable.Range(0, filled.Count).Any(filled.LacksParents))
                {
                    return current;
                }

                var writer = new HistoryIndexWriter().Take(filled);
                filled = writer.Take(current, number => !writer.Contains(current.IdOf(number))).ToIndex();
            }

            return _index = filled;
        }
        finally
        {
            _turn.Release();
        }
    }

    // What was collected is gone from the store, and with it whatever could be asked about it.
    private HistoryIndex WithoutRemoved(HistoryIndex index)
    {
        var removed = Enumerable.Range(0, index.Count).Count(number => !_store.Holds(index.IdOf(number).Hash));
        return removed * 4 <= index.Count ? index : new HistoryIndexWriter().Take(index, number => _store.Holds(index.IdOf(number).Hash)).ToIndex();
    }

    private async Task<HistoryIndex> LoadAsync(CancellationToken cancellationToken)
    {
        var path = FileOf(_store);
        return File.Exists(path) && HistoryIndex.TryParse(await File.ReadAllBytesAsync(path, cancellationToken)) is { } index ? index : HistoryIndex.Empty;
    }

    private async Task SaveAsync(HistoryIndex index, CancellationToken cancellationToken)
    {
        var path = FileOf(_store);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, index.Bytes, 0x180, cancellationToken);
    }

    private static Counting? Words(IProgress<ProgressInfo>? progress, string phase) => progress is null ? null : new Counting(progress, phase);

    private sealed class Counting(IProgress<ProgressInfo> target, string phase) : IProgress<int>
    {
        private const int Step = 256;

        public void Report(int value)
        {
            if (value % Step == 0)
            {
                target.Report(new ProgressInfo(phase, value, null, "snapshots"));
            }
        }
    }
}
