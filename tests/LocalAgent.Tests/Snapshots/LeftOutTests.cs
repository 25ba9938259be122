using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Snapshots;

/// <summary>Snapshots that do not come about, or without some file: the next ones must still name nothing that is not in the store.</summary>
public sealed class LeftOutTests : IAsyncLifetime
{
    private CopyFixture _copy = null!;

    public async Task InitializeAsync() => _copy = await CopyFixture.CreateAsync();

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task What_a_cancelled_snapshot_had_read_is_in_the_next_one()
    {
        _copy.Write("a", "one");
        using var stop = new CancellationTokenSource();
        using (var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None))
        {
            _copy.Copy.Scanner.ScanAll(CancellationToken.None);
            var cancelling = new Cancelling(stop);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                await _copy.Recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Manual, null, "test"), cancelling, stop.Token));
            Assert.True(cancelling.WasAsked);
        }

        var made = await _copy.SnapshotAsync();
        var entry = (await _copy.FilesOfAsync(made.Snapshot!.Id))["a"];
        Assert.NotNull(await _copy.Copy.Store.TryReadAsync(entry.Hash, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_is_being_written_stays_as_the_tip_has_it_until_it_has_settled()
    {
        _copy.Write("a", "old");
        _copy.Write("b", "old");
        await _copy.SnapshotAsync();
        _copy.Write("a", "half");
        _copy.Write("new", "half");
        File.Delete(_copy.At("b"));
        SnapshotOutcome outcome;
        using (var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None))
        {
            _copy.Copy.Scanner.ScanAll(CancellationToken.None);
            await new ContentCollector(_copy.Copy).LookAsync(null, CancellationToken.None); // What a status does: it knows the half, and stores nothing.
            outcome = (await _copy.Recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Auto, null, "test") { SettleFor = TimeSpan.FromHours(1) }, null, CancellationToken.None)).Value;
        }

        Assert.Equal(["a", "new"], outcome.LeftOut.Select(file => file.Path.ToString()).Order(StringComparer.Ordinal));
        Assert.All(outcome.LeftOut, file => Assert.True(file.IsBeingWritten));
        var files = await _copy.FilesOfAsync(outcome.Snapshot!.Id);
        Assert.Equal(["a"], files.Keys);
        Assert.Equal(ContentHash.OfContent("old"u8), files["a"].Hash);

        var next = await _copy.SnapshotAsync();
        files = await _copy.FilesOfAsync(next.Snapshot!.Id);
        Assert.Equal(ContentHash.OfContent("half"u8), files["a"].Hash);
        Assert.NotNull(await _copy.Copy.Store.TryReadAsync(files["new"].Hash, CancellationToken.None));
    }

    private sealed class Cancelling(CancellationTokenSource stop) : IProgress<ProgressInfo>
    {
        public bool WasAsked { get; private set; }

        public void Report(ProgressInfo value)
        {
            WasAsked = true;
            stop.Cancel();
        }
    }
}
