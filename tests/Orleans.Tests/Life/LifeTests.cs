using Orleans.Configuration;
using Orleans.Hosting;

namespace W0rktree.Orleans.Tests.Life;

public sealed class LifeCluster : TestCluster
{
    protected override void Configure(ISiloBuilder silo)
    {
        silo.Configure<GrainCollectionOptions>(static o =>
        {
            o.CollectionQuantum = TimeSpan.FromSeconds(1);
            o.CollectionAge = TimeSpan.FromMinutes(10);
            o.ClassSpecificCollectionAge[typeof(ShortLivedGrain).FullName!] = TimeSpan.FromSeconds(2);
        });
        silo.Configure<ReminderOptions>(static o => o.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
    }
}

public interface IShortLivedGrain : ILifeGrain;

public sealed class ShortLivedGrain : LifeGrain, IShortLivedGrain;

public sealed class LifeTests(LifeCluster cluster) : IClassFixture<LifeCluster>
{
    [Fact]
    public async Task An_activation_stays_between_calls()
    {
        var grain = cluster.Client.GetGrain<ILifeGrain>(TestCluster.NewKey(), typeof(LifeGrain).FullName);

        Assert.Equal(await grain.IdAsync(), await grain.IdAsync());
    }

    [Fact]
    public async Task A_grain_that_leaves_has_another_activation_for_the_next_call()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName);
        var id = await grain.IdAsync();

        await grain.LeaveAsync();

        Assert.Equal(DeactivationReasonCode.ApplicationRequested, await Gate.WaitAsync(key + "/left"));
        await Gate.WaitAsync(key + "/disposed");
        Assert.NotEqual(id, await grain.IdAsync());
    }

    [Fact]
    public async Task A_request_that_runs_ends_before_its_activation_does()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName);
        var held = grain.HoldAsync(key);
        await Gate.WaitAsync(key + "/held");
        var gone = cluster.Cluster.DeactivateAsync(grain);

        Assert.False(Gate.IsOpen(key + "/left"));
        Gate.Open(key);

        await held;
        await gone;
        Assert.True(Gate.IsOpen(key + "/left"));
    }

    [Fact]
    public async Task Requests_that_wait_are_served_by_the_next_activation()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName);
        var id = await grain.IdAsync();
        var held = grain.HoldAsync(key);
        await Gate.WaitAsync(key + "/held");
        var waiting = grain.IdAsync();
        var gone = cluster.Cluster.DeactivateAsync(grain);
        Gate.Open(key);
        await Task.WhenAll(held, gone);

        Assert.NotEqual(Guid.Empty, await waiting);
        Assert.NotEqual(id, await grain.IdAsync());
    }

    [Fact]
    public async Task An_idle_activation_is_collected()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<IShortLivedGrain>(key);
        await grain.IdAsync();

        Assert.Equal(DeactivationReasonCode.ActivationIdle, await Gate.WaitAsync(key + "/left"));
    }

    [Fact]
    public async Task An_activation_that_asked_to_stay_is_not_collected()
    {
        var (stays, goes) = (TestCluster.NewKey(), TestCluster.NewKey());
        var grain = cluster.Client.GetGrain<IShortLivedGrain>(stays);
        await grain.DelayAsync(TimeSpan.FromMinutes(10));
        await cluster.Client.GetGrain<IShortLivedGrain>(goes).IdAsync();

        await Gate.WaitAsync(goes + "/left");

        Assert.False(Gate.IsOpen(stays + "/left"));
    }

    [Fact]
    public async Task An_activation_that_fails_to_come_up_fails_its_callers_and_the_next_call_tries_again()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<IStillbornGrain>(key);

        Assert.Equal("not yet", (await Assert.ThrowsAsync<KeyNotFoundException>(grain.IsUpAsync)).Message);
        await Assert.ThrowsAsync<KeyNotFoundException>(grain.IsUpAsync);

        Gate.Open(key);
        Assert.True(await grain.IsUpAsync());
    }

    [Fact]
    public async Task A_timer_ticks_again_and_again()
    {
        var key = TestCluster.NewKey();

        await cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName).TickAsync(TimeSpan.FromMilliseconds(5), key, 5);

        await Gate.WaitAsync(key);
    }

    [Fact]
    public async Task A_tick_waits_for_the_request_that_runs()
    {
        var key = TestCluster.NewKey();

        await cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName).TickWhileBusyAsync(key);

        Assert.Equal("waited", await Gate.WaitAsync(key));
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName);
        await grain.TickAsync(TimeSpan.FromDays(1), key, 2);

        await grain.DisposeTimerAsync();

        Assert.False(Gate.IsOpen(key));
        await grain.IdAsync();
    }

    [Fact]
    public async Task A_reminder_calls_its_grain()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<IRemindedGrain>(key);

        // Orleans looks when a reminder is due only after storing it; one that is late by then waits for its next period.
        await grain.RemindAsync("soon", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromMinutes(5), await Gate.WaitAsync(key + "/soon"));
    }

    [Fact]
    public async Task Reminders_are_listed_and_removed()
    {
        var grain = cluster.Client.GetGrain<IRemindedGrain>(TestCluster.NewKey());
        await grain.RemindAsync("b", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RemindAsync("a", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RemindAsync("a", TimeSpan.FromHours(2), TimeSpan.FromHours(1));

        Assert.Equal(["a", "b"], await grain.NamesAsync());
        await grain.ForgetAsync("a");
        Assert.Equal(["b"], await grain.NamesAsync());
    }

    [Fact]
    public async Task A_reminder_with_too_short_a_period_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            cluster.Client.GetGrain<IRemindedGrain>(TestCluster.NewKey()).RemindAsync("fast", TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
    }
}
