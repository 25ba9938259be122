using System.Collections.Concurrent;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Snapshots;

/// <summary>A request that is silent for long is given up; over one large file it must not be silent.</summary>
public sealed class LargeFileProgressTests : IAsyncLifetime
{
    private const int FileMib = 100;

    private CopyFixture _copy = null!;

    public async Task InitializeAsync() => _copy = await CopyFixture.CreateAsync();

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task One_large_file_is_reported_while_it_is_read_and_while_it_is_written_back()
    {
        // Holes: they take no room, and all chunks of them are the same.
        using (var file = File.Create(_copy.At("large")))
        {
            file.SetLength((long)FileMib << 20);
        }

        var reading = new Reports();
        using (var turn = await _copy.Copy.Turns.TakeAsync(CancellationToken.None))
        {
            _copy.Copy.Scanner.ScanAll(CancellationToken.None);
            Assert.True((await _copy.Recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Manual, null, "test"), reading, CancellationToken.None)).IsOk);
        }

        Assert.Equal([(32L, (long?)FileMib), (64, FileMib), (96, FileMib)], reading.Of("reading large files"));

        var tip = _copy.Copy.Position.Tip!.Value;
        File.Delete(_copy.At("large"));
        var writing = new Reports();
        Assert.True((await _copy.Operations.RestoreAsync(tip, [Core.Paths.TreePath.Parse("large").Value], writing, CancellationToken.None)).IsOk);
        Assert.Equal([(32L, null), (64, null), (96, null)], writing.Of("writing large files"));
        Assert.Equal((long)FileMib << 20, new FileInfo(_copy.At("large")).Length);
    }

    private sealed class Reports : IProgress<ProgressInfo>
    {
        private readonly ConcurrentQueue<ProgressInfo> _all = new();

        public void Report(ProgressInfo value) => _all.Enqueue(value);

        public IEnumerable<(long Done, long? Total)> Of(string phase) => _all.Where(report => report.Phase == phase).Select(report => (report.Done, report.Total));
    }
}
