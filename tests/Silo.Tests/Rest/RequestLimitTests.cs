using W0rktree.Silo.Front;

namespace W0rktree.Silo.Tests.Rest;

public sealed class RequestLimitTests
{
    [Fact]
    public void A_caller_over_the_limit_waits_for_the_next_window_and_others_do_not()
    {
        var clock = new SettableClock();
        var limits = new RequestLimits(new LimitSettings { RequestsPerMinute = 2, AnonymousPerMinute = 1 }, clock);
        Assert.Equal((true, 1), (limits.TakeForToken("a").IsGranted, limits.TakeForToken("a") is { IsGranted: true, Remaining: 0 } ? 1 : 0));
        var refused = limits.TakeForToken("a");
        Assert.Equal((false, 0, 60), (refused.IsGranted, refused.Remaining, refused.ResetSeconds));
        Assert.True(limits.TakeForToken("b").IsGranted);
        Assert.True(limits.TakeForAddress("a").IsGranted);
        Assert.False(limits.TakeForAddress("a").IsGranted);

        clock.Now += TimeSpan.FromSeconds(59.5);
        Assert.Equal((false, 1), (limits.TakeForToken("a").IsGranted, limits.TakeForToken("a").ResetSeconds));
        clock.Now += TimeSpan.FromSeconds(0.5);
        Assert.Equal((true, 1), (limits.TakeForToken("a") is { IsGranted: true, Remaining: 1 }, 1));
    }

    [Fact]
    public void Many_callers_are_forgotten_rather_than_kept()
    {
        var clock = new SettableClock();
        var limits = new RequestLimits(new LimitSettings { AnonymousPerMinute = 1 }, clock);
        for (var i = 0; i < 250_000; i++)
        {
            Assert.True(limits.TakeForAddress($"{i}").IsGranted);
        }
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
