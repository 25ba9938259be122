using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Pipeline;

public sealed class StageKeeperTests
{
    private readonly ManualTime _time = new();
    private readonly Channel<int> _started = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _never = new();
    private int _runs;

    [Fact]
    public async Task A_stage_that_does_not_end_when_told_to_is_left_behind_and_another_one_takes_its_place()
    {
        var faults = new FaultLog(_time);
        using var keeper = new StageKeeper("stuck", _ => RunAsync(_never.Task), faults, "here", _time);
        using var stop = new CancellationTokenSource();
        var keeping = keeper.KeepAsync(stop.Token);
        Assert.Equal(1, await _started.Reader.ReadAsync());
        keeper.Restart();
        await AdvanceUntilAsync(_started.Reader.WaitToReadAsync().AsTask());
        Assert.Equal(2, await _started.Reader.ReadAsync());
        Assert.Contains(faults.Recent, fault => fault.Problem.Contains("another one takes its place", StringComparison.Ordinal));
        await stop.CancelAsync();
        await AdvanceUntilAsync(keeping);
    }

    [Fact]
    public async Task A_stage_that_fails_is_named_until_it_has_run_well_for_a_while()
    {
        var fail = new TaskCompletionSource();
        using var keeper = new StageKeeper("frail", token => RunAsync(_runs == 0 ? fail.Task : Task.Delay(Timeout.Infinite, token)), new FaultLog(_time), "here", _time);
        using var stop = new CancellationTokenSource();
        var keeping = keeper.KeepAsync(stop.Token);
        Assert.Equal(1, await _started.Reader.ReadAsync());
        fail.SetException(new IOException("the disk is gone"));
        while (!keeper.IsFailing)
        {
            await Task.Yield();
        }

        await AdvanceUntilAsync(_started.Reader.WaitToReadAsync().AsTask());
        while (keeper.IsFailing)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await AdvanceUntilAsync(keeping);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_health_check_starts_a_watcher_anew_that_stopped_answering_or_names_it(bool restarts)
    {
        var watcher = new StoppableWatcher();
        await using var fixture = await CopyFixture.CreateAsync(watcher, _time);
        File.WriteAllText(Path.Combine(fixture.Root, "..", "user.toml"), $"[worker.health]\nrestart_on_failure = {(restarts ? "true" : "false")}\n");
        fixture.Copy.Config.Reload();
        using var log = new AgentLog(Path.Combine(fixture.Root, "..", "log"), _time, () => "error");
        var pipeline = new AgentPipeline(fixture.Copy, new EventHub(_time), log, null);
        watcher.Folder = Path.Combine(fixture.Root, ".wt", "state", "cookies");
        pipeline.StartWatching();
        await watcher.Runs.Reader.ReadAsync();
        await AdvanceUntilAsync(new HealthCheck(pipeline).RunAsync(CancellationToken.None));
        Assert.Null(pipeline.Failing);

        watcher.IsStopped = true;
        await AdvanceUntilAsync(new HealthCheck(pipeline).RunAsync(CancellationToken.None));
        Assert.Equal("watching", pipeline.Failing);
        watcher.IsStopped = false;
        if (restarts)
        {
            await AdvanceUntilAsync(watcher.Runs.Reader.ReadAsync().AsTask());
        }

        await AdvanceUntilAsync(new HealthCheck(pipeline).RunAsync(CancellationToken.None));
        Assert.Null(pipeline.Failing);
        Assert.Equal(restarts ? 2 : 1, pipeline.Keepers.Single().Starts);
        await AdvanceUntilAsync(pipeline.StopAsync());
    }

    private async Task RunAsync(Task body)
    {
        await _started.Writer.WriteAsync(++_runs);
        await body;
    }

    /// <summary>Moves the clock on until something is done, one second at a time.</summary>
    private async Task AdvanceUntilAsync(Task done)
    {
        while (!done.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(done, Task.Delay(TimeSpan.FromMilliseconds(1)));
        }

        await done;
    }

    /// <summary>Sees cookies, until it is stopped.</summary>
    private sealed class StoppableWatcher : IFileWatcher
    {
        public Channel<int> Runs { get; } = Channel.CreateUnbounded<int>();

        public string Folder { get; set; } = "";

        public volatile bool IsStopped;

        public string Backend => "test";

        public int WatchedDirectories => 1;

        public string? Degraded => null;

        public void Watch(TreePath directory)
        {
        }

        public async Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken)
        {
            await Runs.Writer.WriteAsync(1, cancellationToken);
            var seen = new HashSet<long>();
            while (!cancellationToken.IsCancellationRequested)
            {
                foreach (var name in IsStopped ? [] : Directory.GetFiles(Folder))
                {
                    if (StatusCookies.TryParseName(System.Text.Encoding.ASCII.GetBytes(Path.GetFileName(name))) is { } number && seen.Add(number))
                    {
                        output.TryWrite(WatchEvent.Cookie(number));
                    }
                }

                await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            }

            output.TryComplete();
        }

        public void Dispose()
        {
        }
    }
}
