using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Tests.Faults;
using Xunit.Abstractions;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>
/// A writer is stopped at each of its file-system calls, and before each thing that it asks the store for, while whole collections run beside it, for longer than the grace period; and
/// a collection is stopped at each of its calls while a writer works. Nothing that is needed is ever removed. All points, each time.
/// One process has a store, so the two meet as threads of it.
/// </summary>
public sealed class PausedWriterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    // Only decides how long somebody who is held up by the stopped one is waited for before that one goes on.
    private static readonly TimeSpan HeldUp = TimeSpan.FromMilliseconds(20);

    // Longer than a segment, so that a writer meets the disk in the middle of a transaction as well.
    private static readonly byte[] Long = [.. Enumerable.Range(0, 6_000).Select(i => (byte)(i * i >> 7))];

    [Theory]
    [InlineData(Work.Again)]
    [InlineData(Work.Reference)]
    [InlineData(Work.Handle)]
    public async Task Whole_collections_beside_a_writer_stopped_at_any_of_its_calls_remove_nothing_it_needs(Work work)
    {
        int at = 1, beside = 0, removed = 0;
        for (; ; at++)
        {
            await using var place = await Place.MakeAsync();
            var reached = place.Files.PauseAt(at);
            var writing = Task.Run(() => place.WriteAsync(work));
            if (await Task.WhenAny(reached, writing) == writing)
            {
                break;
            }

            var paused = await reached;
            var collecting = Task.Run(() => place.CollectForLongAsync());
            if (!paused.HoldsOthersUp)
            {
                // Whatever it is doing, it holds nobody up: the collections end while it stands.
                removed += await collecting;
                beside++;
            }

            await Task.WhenAny(collecting, Task.Delay(HeldUp));
            place.Files.GoOn();
            removed += await collecting * (paused.HoldsOthersUp ? 1 : 0);
            await writing;
            await place.CheckAsync($"{work} stopped at call {at}: {paused.Stack}");
        }

        output.WriteLine($"{work}: {at - 1} calls, collected beside {beside} of them, {removed} objects removed");
        Assert.True(at > 5, "a writer has more calls than that");
        Assert.True(removed > 0, "nothing was ever removed: the collections were never a danger");
    }

    [Theory]
    [InlineData(Work.Again)]
    [InlineData(Work.Reference)]
    [InlineData(Work.Handle)]
    public async Task A_writer_beside_a_collection_stopped_at_any_of_its_calls_loses_nothing(Work work)
    {
        int at = 1, beside = 0;
        for (; ; at++)
        {
            await using var place = await Place.MakeAsync();
            var reached = place.Files.PauseAt(at);
            var collecting = Task.Run(() => place.CollectForLongAsync());
            if (await Task.WhenAny(reached, collecting) == collecting)
            {
                break;
            }

            var paused = await reached;
            var writing = Task.Run(() => place.WriteAsync(work));
            if (!paused.HoldsOthersUp)
            {
                await writing;
                beside++;
            }

            await Task.WhenAny(writing, Task.Delay(HeldUp));
            place.Files.GoOn();
            await Task.WhenAll(writing, collecting);
            await place.CheckAsync($"{work} beside a collection stopped at call {at}: {paused.Stack}");
        }

        output.WriteLine($"{work}: the collection has {at - 1} calls, written beside {beside} of them");
        Assert.True(at > 20 && beside > 5, $"{at} calls, {beside} beside");
    }

    /// <summary>What a writer does with what is about to be collected.</summary>
    public enum Work
    {
        /// <summary>Records the dropped snapshot again: what it is told is there it does not write.</summary>
        Again,

        /// <summary>Moves a reference to the dropped snapshot, if that is there, else records it anew.</summary>
        Reference,

        /// <summary>Opens dropped content and reads it for as long as the collections run.</summary>
        Handle,
    }

    private sealed class Place : IAsyncDisposable
    {
        private readonly StoreFolder _folder = new();
        private readonly ManualClock _clock = new();
        private ObjectStore _store = null!;
        private SnapshotId _kept;
        private SnapshotId _dropped;
        private SnapshotId? _made;
        private ContentHash _long;

        private Place() => Files = new PausingFiles(new TracedFiles(new Dictionary<string, byte[]>()));

        public PausingFiles Files { get; }

        public static async Task<Place> MakeAsync()
        {
            Place place = new();
            place._store = await place.OpenAsync();
            place._kept = await place._store.RecordAsync("main", null, ("file", Histories.Source(1, 1)), ("shared", "shared"));
            place._dropped = await place._store.RecordAsync("side", null, ("file", Histories.Source(1, 2)), ("shared", "shared"));
            await using (var transaction = place._store.Begin())
            {
                place._long = (await transaction.WriteContentAsync(Long, default)).Id;
                transaction.Delete("refs", "side");
                await transaction.CommitAsync(default);
            }

            await place._store.PackAsync(closeActive: true, default);
            await place.CollectAsync();
            place._clock.Now += Grace;
            return place;
        }

        public async Task WriteAsync(Work work)
        {
            Files.Step();
            if (work == Work.Handle)
            {
                await using var content = await _store.OpenContentAsync(_long, default);
                Files.Step();
                if (content is not null)
                {
                    var read = new byte[Long.Length];
                    await content.ReadExactlyAsync(read);
                    Assert.Equal(Long, read);
                }
            }

            await using var transaction = _store.Begin();
            Files.Step();
            if (work == Work.Reference && transaction.Contains(_dropped.Hash))
            {
                Files.Step();
                _made = _dropped;
            }
            else
            {
                await transaction.WriteContentAsync(Long, default);
                Files.Step();
                _made = await transaction.RecordAsync(null, ("file", Histories.Source(1, 2)), ("shared", "shared"), ("long", Encoding.Latin1.GetString(Long)));
            }

            Files.Step();
            transaction.Put("refs", "again", Bytes(_made.ToString()!));
            await transaction.CommitAsync(default);
            Files.Step();
        }

        /// <summary>Does all that the agent's upkeep does, over several grace periods; gives the number of objects that went.</summary>
        public async Task<int> CollectForLongAsync()
        {
            var removed = 0;
            for (var round = 0; round < 3; round++)
            {
                await _store.PackAsync(closeActive: true, default);
                removed += await CollectAsync();
                await _store.MergePacksAsync(default);
                _clock.Now += Grace;
            }

            await _store.CompactAsync(default);
            return removed;
        }

        public async Task CheckAsync(string where)
        {
            await CheckOpenAsync(where);
            await CollectForLongAsync();
            await CheckOpenAsync($"collected once more; {where}");
            await _store.DisposeAsync();
            _store = await OpenAsync();
            await CheckOpenAsync($"opened anew; {where}");
        }

        public async ValueTask DisposeAsync()
        {
            Files.GoOn();
            await _store.DisposeAsync();
            _folder.Dispose();
        }

        private async Task CheckOpenAsync(string where)
        {
            Assert.True(await _store.ReadAllAsync(_kept) > 0, where);
            Assert.True(await _store.ReadAllAsync(_made!.Value) > 0, where);
            Assert.Equal(_made.ToString(), _store.Text("refs", "again"));
            var report = await _store.VerifyAsync(null, default);
            Assert.True(report.IsHealthy, $"{string.Join("; ", report.Damage)} {where}");
        }

        private async Task<int> CollectAsync()
        {
            var report = await _store.CollectAsync(new CollectionRequest { Roots = () => _store.Roots().ToArray(), Grace = Grace }, default);
            return report.IsOk ? (int)report.Value.Expired.Objects : report.Error.Code == "gc_busy" ? 0 : throw new InvalidOperationException(report.Error.ToString());
        }

        private async Task<ObjectStore> OpenAsync() =>
            (await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = Files, SegmentBytes = 4096, Clock = _clock }, default)).Value;
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

        public DateTimeOffset Now
        {
            get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
            set => Volatile.Write(ref _ticks, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
