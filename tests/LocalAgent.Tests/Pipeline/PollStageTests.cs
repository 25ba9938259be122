using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Pipeline;

public sealed class PollStageTests
{
    [Fact]
    public async Task Without_a_watcher_changes_are_found_by_scanning_and_a_quiet_time_counts_from_the_last_one()
    {
        var time = new ManualTime();
        await using var fixture = await CopyFixture.CreateAsync(new BlindWatcher(), time);
        fixture.Write("a.txt", "one");
        var first = fixture.SnapshotAsync();
        while (!first.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100)); // A snapshot waits until what was just written is at rest.
            await Task.Yield();
        }

        await first;
        var poll = new PollStage(fixture.Copy);
        var running = poll.RunAsync(CancellationToken.None);
        fixture.Write("a.txt", "another");
        time.Advance(PollStage.Interval);
        while (fixture.Copy.Pending.Files == 0)
        {
            await Task.Yield();
        }

        var changed = fixture.Copy.Pending.LastChange;
        time.Advance(TimeSpan.FromSeconds(20));
        await poll.ScanAsync(CancellationToken.None);
        Assert.Equal((1, changed), (fixture.Copy.Pending.Files, fixture.Copy.Pending.LastChange));
        fixture.Write("a.txt", "yet another one");
        await poll.ScanAsync(CancellationToken.None);
        Assert.Equal(time.GetUtcNow(), fixture.Copy.Pending.LastChange);
        Assert.Equal("the limit is reached", fixture.Copy.WatchProblem);
        Assert.False(running.IsFaulted);
    }
}
