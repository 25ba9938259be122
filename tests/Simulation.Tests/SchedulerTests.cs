using Orleans.Hosting;
using Orleans.Runtime;
using W0rktree.Standins.Orleans.Simulation;

namespace W0rktree.Simulation.Tests;

/// <summary>The simulation itself: its time, its faults, and what it refuses.</summary>
public sealed class SchedulerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Hours_of_timer_ticks_pass_in_virtual_time()
    {
        using var sim = New(1);

        sim.Run(async client =>
        {
            var grain = client.GetGrain<IClockGrain>("a");
            await grain.StartTimerAsync(TimeSpan.FromMinutes(10));
            await Task.Delay(TimeSpan.FromMinutes(605), sim.Time);
            Assert.Equal(60, (await grain.TicksAsync()).Count);
        });

        Assert.InRange(sim.Time.GetUtcNow(), Start.AddHours(10), Start.AddHours(11));
    }

    [Fact]
    public void An_idle_activation_is_collected_and_a_busy_one_is_not()
    {
        using var sim = New(2);

        sim.Run(async client =>
        {
            var idle = client.GetGrain<IClockGrain>("idle");
            var busy = client.GetGrain<IClockGrain>("busy");
            var (idleLife, busyLife) = (await idle.LifeAsync(), await busy.LifeAsync());
            for (var i = 0; i < 4; i++)
            {
                await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);
                Assert.Equal(busyLife, await busy.LifeAsync());
            }

            Assert.NotEqual(idleLife, await idle.LifeAsync());
        });
    }

    [Fact]
    public void A_call_that_takes_too_long_ends_as_a_timeout_after_exactly_its_time()
    {
        using var sim = New(3);

        sim.Run(async client =>
        {
            var before = sim.Time.GetUtcNow();
            await Assert.ThrowsAsync<TimeoutException>(() => client.GetGrain<IClockGrain>("a").SleepAsync(TimeSpan.FromMinutes(2)));
            Assert.Equal(TimeSpan.FromSeconds(30), sim.Time.GetUtcNow() - before);
        });
    }

    [Fact]
    public void A_deadlock_ends_as_a_timeout()
    {
        using var sim = New(4);

        sim.Run(async client => await Assert.ThrowsAsync<TimeoutException>(() => client.GetGrain<IClockGrain>("a").CallAsync("b")));
    }

    [Fact]
    public void State_outlives_the_crash_of_its_silo()
    {
        using var sim = New(5);

        sim.Run(async client =>
        {
            var grain = client.GetGrain<IClockGrain>("a");
            await grain.KeepAsync("kept");
            foreach (var silo in sim.SiloNames)
            {
                sim.Crash(silo);
                await Task.Delay(sim.Options.RestartDelay * 2, sim.Time);
            }

            Assert.Equal("kept", await grain.ReadAsync());
        });
    }

    [Fact]
    public void A_call_in_a_crashing_silo_fails()
    {
        using var sim = New(6);

        sim.Run(async client =>
        {
            var call = client.GetGrain<IClockGrain>("a").SleepAsync(TimeSpan.FromSeconds(20));
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
            foreach (var silo in sim.SiloNames)
            {
                sim.Crash(silo);
            }

            await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        });
    }

    [Fact]
    public void A_lost_message_ends_as_a_timeout()
    {
        using var sim = New(7, new SimulationOptions { LostMessages = 1 });

        sim.Run(async client => await Assert.ThrowsAsync<TimeoutException>(() => client.GetGrain<IClockGrain>("a").LifeAsync()));
    }

    [Fact]
    public void Two_activations_cannot_both_write_from_the_same_version()
    {
        using var sim = New(8, new SimulationOptions { DuplicateActivations = 1 });

        sim.Run(async client =>
        {
            var grain = client.GetGrain<IClockGrain>("a");
            var failures = 0;
            for (var i = 0; i < 20; i++)
            {
                try
                {
                    await grain.KeepAsync($"{i}");
                }
                catch (global::Orleans.Storage.InconsistentStateException)
                {
                    failures++;
                }
            }

            Assert.InRange(failures, 1, 19);
        });
        Assert.Contains(sim.Trace, line => line.Contains("conflict", StringComparison.Ordinal));
    }

    [Fact]
    public void Work_that_leaves_for_the_thread_pool_fails_the_simulation()
    {
        using var sim = New(9);

        var failure = Assert.Throws<SimulationFailedException>(() => sim.Run(client => client.GetGrain<IClockGrain>("a").LeaveAsync()));

        Assert.StartsWith("seed 9: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_for_something_that_never_comes_fails_the_simulation()
    {
        using var sim = New(10);

        var failure = Assert.Throws<SimulationFailedException>(() => sim.Run(_ => new TaskCompletionSource().Task));

        Assert.Contains("does not end", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_assertion_names_the_seed_and_shows_the_trace()
    {
        using var sim = New(11);

        var failure = Assert.Throws<SimulationFailedException>(() => sim.Run(async client =>
        {
            await client.GetGrain<IClockGrain>("a").LifeAsync();
            Assert.Fail("no");
        }));

        Assert.Equal(11UL, failure.Seed);
        Assert.Contains("activation clock/a", failure.Message, StringComparison.Ordinal);
    }

    private static GrainSimulation New(ulong seed, SimulationOptions? options = null) =>
        new(seed, static silo => silo.AddSimulatedStorage(), options);
}
