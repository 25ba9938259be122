using W0rktree.LocalAgent.Sync;

namespace W0rktree.LocalAgent.Tests.Sync;

public sealed class SyncScheduleTests
{
    private static readonly SyncSchedule Schedule = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(300));

    [Fact]
    public void Something_pending_is_tried_every_five_seconds_and_nothing_every_thirty()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Schedule.After(failures: 0, pending: true));
        Assert.Equal(TimeSpan.FromSeconds(30), Schedule.After(failures: 0, pending: false));
    }

    [Fact]
    public void Failures_double_the_wait_from_two_seconds_up_to_five_minutes()
    {
        var waits = Enumerable.Range(1, 12).Select(failures => Schedule.After(failures, pending: true).TotalSeconds);

        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300], waits);
    }

    [Fact]
    public void Any_number_of_failures_stays_at_the_longest_wait() =>
        Assert.Equal(TimeSpan.FromSeconds(300), Schedule.After(int.MaxValue, pending: false));
}
