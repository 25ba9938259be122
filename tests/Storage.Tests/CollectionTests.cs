using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Tests.Faults;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>What a collection removes, what it never does, and when it refuses.</summary>
public sealed class CollectionTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);
    private readonly StoreFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_no_reference_reaches_goes_after_the_grace_period_and_not_before()
    {
        await using var store = await OpenAsync();
        var (kept, dropped) = await TwoBranchesAsync(store);
        var first = await CollectAsync(store);
        Assert.Equal(0, first.Expired.Objects);
        Assert.Equal(4, first.Waiting.Objects);
        Assert.True(first.Waiting.Bytes > 0);
        Assert.Equal(_clock.GetUtcNow() + Grace, first.NextDue);

        _clock.Now += Grace - TimeSpan.FromMinutes(1);
        Assert.Equal(0, (await CollectAsync(store)).Expired.Objects);
        await store.ReadAllAsync(dropped);

        _clock.Now += TimeSpan.FromMinutes(1);
        var last = await CollectAsync(store);
        Assert.Equal(4, last.Expired.Objects);
        Assert.Equal([dropped.Hash], last.RemovedSnapshots);
        Assert.True(last.BytesFreed > 0);
        Assert.Null(await store.TryReadAsync(dropped.Hash, default));
        Assert.False(store.Contains(dropped.Hash));
        await store.ReadAllAsync(kept);
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
        Assert.Equal(0, (await CollectAsync(store)).Waiting.Objects);
    }

    [Fact]
    public async Task The_grace_period_goes_on_over_a_restart()
    {
        SnapshotId kept;
        await using (var store = await OpenAsync())
        {
            (kept, _) = await TwoBranchesAsync(store);
            await CollectAsync(store);
        }

        _clock.Now += Grace;
        await using var again = await OpenAsync();
        Assert.Equal(4, (await CollectAsync(again)).Expired.Objects);
        await again.ReadAllAsync(kept);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_go_and_changes_nothing()
    {
        await using var store = await OpenAsync();
        var (_, dropped) = await TwoBranchesAsync(store);
        await CollectAsync(store);
        _clock.Now += Grace;
        var before = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();

        var report = await CollectAsync(store, dryRun: true);

        Assert.Equal(4, report.Expired.Objects);
        Assert.True(report.Expired.Bytes > 0);
        Assert.Equal(0, report.BytesFreed);
        Assert.Equal(before, Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        await store.ReadAllAsync(dropped);
    }

    [Fact]
    public async Task A_store_all_of_whose_references_vanished_is_left_alone()
    {
        await using var store = await OpenAsync();
        var (kept, _) = await TwoBranchesAsync(store);
        await using (var transaction = store.Begin())
        {
            transaction.Delete("refs", "main");
            await transaction.CommitAsync(default);
        }

        _clock.Now += Grace * 2;
        Assert.Equal("gc_no_roots", (await store.CollectAsync(Request(store), default)).Error.Code);
        await store.ReadAllAsync(kept);
    }

    [Fact]
    public async Task A_root_that_cannot_be_followed_stops_the_collection_and_is_named()
    {
        await using var store = await OpenAsync();
        var (_, dropped) = await TwoBranchesAsync(store);
        await CollectAsync(store);
        await using (var transaction = store.Begin())
        {
            transaction.Put("refs", "lost", Bytes(ContentHash.OfContent("nowhere"u8).ToString()));
            await transaction.CommitAsync(default);
        }

        _clock.Now += Grace;
        var refused = await store.CollectAsync(Request(store), default);

        Assert.Equal("gc_root_unreadable", refused.Error.Code);
        Assert.Contains("'lost'", refused.Error.Message, StringComparison.Ordinal);
        await store.ReadAllAsync(dropped);
    }

    [Fact]
    public async Task Roots_that_cannot_be_listed_stop_the_collection()
    {
        await using var store = await OpenAsync();
        await TwoBranchesAsync(store);
        var request = Request(store) with { Roots = () => new Error("bad_row", "A row cannot be read.") };
        Assert.Equal("bad_row", (await store.CollectAsync(request, default)).Error.Code);
    }

    [Fact]
    public async Task What_a_writer_was_told_is_there_stays_with_all_that_it_reaches()
    {
        await using var store = await OpenAsync();
        var (_, dropped) = await TwoBranchesAsync(store);
        await CollectAsync(store);
        _clock.Now += Grace;

        // It asks for the snapshot alone; the tree below was never mentioned.
        Assert.True(store.Contains(dropped.Hash));
        Assert.Equal(0, (await CollectAsync(store)).Expired.Objects);
        await using (var transaction = store.Begin())
        {
            transaction.Put("refs", "again", Bytes(dropped.ToString()));
            await transaction.CommitAsync(default);
        }

        _clock.Now += Grace * 2;
        await CollectAsync(store);
        await store.ReadAllAsync(dropped);
    }

    [Fact]
    public async Task Open_handles_and_pins_keep_what_they_hold()
    {
        await using var store = await OpenAsync();
        await store.RecordAsync("main", null, ("file", "kept"));
        var bytes = new byte[12 * 1024 * 1024];
        new Random(3).NextBytes(bytes);
        WrittenContent large;
        await using (var transaction = store.Begin())
        {
            large = await transaction.WriteContentAsync(bytes, default);
            await transaction.CommitAsync(default);
        }

        await store.PackAsync(closeActive: true, default);
        await CollectAsync(store);
        _clock.Now += Grace;
        await using (var handle = await store.OpenContentAsync(large.Id, default))
        {
            Assert.Equal(0, (await CollectAsync(store)).Expired.Objects);
            var read = new byte[bytes.Length];
            await handle!.ReadExactlyAsync(read);
            Assert.Equal(bytes, read);
        }

        using (store.TryPin(large.Id))
        {
            _clock.Now += Grace;
            Assert.Equal(0, (await CollectAsync(store)).Expired.Objects);
        }

        await CollectAsync(store);
        _clock.Now += Grace;
        Assert.True((await CollectAsync(store)).Expired.Objects > 3);
        Assert.Null(await store.OpenContentAsync(large.Id, default));
    }

    /// <summary>
    /// A writer that makes again what is being collected, one step of it at each step of the collection, in every combination:
    /// whatever it was told and skipped must be there when it has committed.
    /// </summary>
    [Fact]
    public async Task Whenever_a_writer_relies_on_garbage_what_it_commits_is_whole()
    {
        const int writerSteps = 4;
        string[] steps = ["marked", "noted", "checked", "condemned", "rewritten"];
        var removed = 0;
        foreach (var startAt in steps)
        {
            for (var pauseAfter = 0; pauseAfter <= writerSteps; pauseAfter++)
            {
                foreach (var goOnAt in steps.SkipWhile(step => step != startAt).Append("after"))
                {
                    using StoreFolder folder = new();
                    var where = $"starts at {startAt}, pauses after {pauseAfter} steps, goes on at {goOnAt}";
                    await using var store = (await ObjectStore.OpenAsync(folder.Path, new StoreOptions { Clock = _clock }, default)).Value;
                    var (kept, _) = await TwoBranchesAsync(store);
                    await CollectAsync(store);
                    _clock.Now += Grace;
                    Writer writer = new(store, pauseAfter);
                    var report = await store.CollectAsync(
                        Request(store) with
                        {
                            Step = async step =>
                            {
                                if (step == startAt)
                                {
                                    await writer.BeginAsync();
                                }

                                if (step == goOnAt)
                                {
                                    await writer.EndAsync();
                                }
                            },
                        },
                        default);
                    await writer.BeginAsync();
                    await writer.EndAsync();
                    removed += report.IsOk ? (int)report.Value.Expired.Objects : 0;
                    Assert.True(await store.ReadAllAsync(kept) > 0, where);
                    Assert.True(await store.ReadAllAsync(writer.Made) > 0, where);
                    Assert.True((await store.VerifyAsync(null, default)).IsHealthy, where);
                }
            }
        }

        Assert.True(removed > 0, "nothing was ever removed: the collection was never the danger that this test is about");
    }

    [Fact]
    public async Task Wherever_a_collection_is_cut_off_nothing_needed_is_lost()
    {
        for (var failAt = 0; ; failAt++)
        {
            using StoreFolder folder = new();
            LossyFiles files = new();
            StoreOptions options = new() { Files = files, Clock = _clock };
            var store = (await ObjectStore.OpenAsync(folder.Path, options, default)).Value;
            var (kept, _) = await TwoBranchesAsync(store);
            await CollectAsync(store);
            _clock.Now += Grace;
            files.FailAfter = failAt;
            try
            {
                await store.CollectAsync(Request(store), default);
            }
            catch (IOException)
            {
                // The disk has failed.
            }

            var afterwards = files.LosePower(new Random(failAt));
            await store.DisposeAsync();
            await using var again = (await ObjectStore.OpenAsync(folder.Path, options with { Files = afterwards }, default)).Value;
            await again.ReadAllAsync(kept);
            Assert.True((await again.VerifyAsync(null, default)).IsHealthy, $"step {failAt}");
            if (!files.HasFailed)
            {
                Assert.True(failAt > 8, "a collection has more steps than that");
                return;
            }
        }
    }

    private Task<ObjectStore> OpenAsync() => OpenAsync(_folder.Path);

    private async Task<ObjectStore> OpenAsync(string path) => (await ObjectStore.OpenAsync(path, new StoreOptions { Clock = _clock }, default)).Value;

    // One branch stays; of the other only its reference goes, and with it a snapshot, two directories and a file.
    private static async Task<(SnapshotId Kept, SnapshotId Dropped)> TwoBranchesAsync(ObjectStore store)
    {
        var kept = await store.RecordAsync("main", null, ("file", Histories.Source(1, 1)), ("shared", "shared"));
        var dropped = await store.RecordAsync("side", null, ("file", Histories.Source(1, 2)), ("shared", "shared"));
        await using (var transaction = store.Begin())
        {
            transaction.Delete("refs", "side");
            await transaction.CommitAsync(default);
        }

        await store.PackAsync(closeActive: true, default);
        return (kept, dropped);
    }

    private static CollectionRequest Request(ObjectStore store) => new() { Roots = () => Result(store.Roots()), Grace = Grace };

    private static Result<IReadOnlyList<GarbageRoot>> Result(IReadOnlyList<GarbageRoot> roots) => roots.ToArray();

    private static async Task<CollectionReport> CollectAsync(ObjectStore store, bool dryRun = false)
    {
        var report = await store.CollectAsync(Request(store) with { DryRun = dryRun }, default);
        return report.IsOk ? report.Value : throw new InvalidOperationException(report.Error.ToString());
    }

    /// <summary>Records the dropped snapshot again, as a working copy would that went back to it; stops after a number of steps.</summary>
    private sealed class Writer(ObjectStore store, int pauseAfter)
    {
        private static readonly string[] Parts = [Histories.Source(1, 2), "shared"];
        private readonly List<Func<Task>> _rest = [];
        private StoreTransaction? _transaction;
        private bool _begun;

        public SnapshotId Made { get; private set; }

        public async Task BeginAsync()
        {
            if (_begun)
            {
                return;
            }

            _begun = true;
            _rest.Add(() => Task.FromResult(_transaction = store.Begin()));
            _rest.Add(async () => await _transaction!.WriteContentAsync(Bytes(Parts[0]), default));
            _rest.Add(async () => Made = await _transaction!.RecordAsync(null, ("file", Parts[0]), ("shared", Parts[1])));
            _rest.Add(async () =>
            {
                _transaction!.Put("refs", "again", Bytes(Made.ToString()));
                await _transaction.CommitAsync(default);
            });
            await RunAsync(pauseAfter);
        }

        public Task EndAsync() => RunAsync(int.MaxValue);

        private async Task RunAsync(int count)
        {
            for (; count > 0 && _begun && _rest.Count > 0; count--)
            {
                var next = _rest[0];
                _rest.RemoveAt(0);
                await next();
            }
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
