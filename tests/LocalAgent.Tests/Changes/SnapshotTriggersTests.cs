using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Configuration;

namespace W0rktree.LocalAgent.Tests.Changes;

public sealed class SnapshotTriggersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TriggerLimits Limits = Settings.Default.Triggers;

    [Fact]
    public void The_defaults_are_those_of_the_product() =>
        Assert.Equal(new TriggerLimits(TimeSpan.FromSeconds(30), 50, 10 * 1024 * 1024), Limits);

    [Theory]
    [InlineData(0, 0, 3600, null)]
    [InlineData(1, 10, 29, null)]
    [InlineData(1, 10, 30, SnapshotTrigger.Inactivity)]
    [InlineData(50, 10, 0, null)]
    [InlineData(51, 10, 0, SnapshotTrigger.Files)]
    [InlineData(1, 10_485_760, 0, null)]
    [InlineData(1, 10_485_761, 0, SnapshotTrigger.Bytes)]
    public void A_trigger_fires_exactly_behind_its_limit(int files, long bytes, int idleSeconds, SnapshotTrigger? expected) =>
        Assert.Equal(expected, SnapshotTriggers.Evaluate(new PendingSummary(files, bytes, Now.AddSeconds(-idleSeconds)), Limits, Now));
}
