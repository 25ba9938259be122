using W0rktree.Simulation.Tests.Accounts;

namespace W0rktree.Simulation.Tests;

public sealed class AccountTests
{
    private const ulong Seeds = 200;

    [Fact]
    public void Acknowledged_deposits_survive_crashes_doubles_and_storage_faults()
    {
        var acknowledged = 0;
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            using var run = new AccountScenario(seed);
            var losses = run.Play<IAccountGrain>();
            Assert.True(losses.Count == 0, $"seed {seed}: {string.Join("; ", losses)}");
            acknowledged += run.Acknowledged;
        }

        // Faults are many, but most deposits must get through: a scenario in which nothing works proves nothing.
        Assert.InRange(acknowledged, (int)Seeds * 30, (int)Seeds * 36);
    }

    [Fact]
    public void A_grain_that_overwrites_what_another_stored_is_caught() =>
        Assert.NotEmpty(SeedsThatLose(static run => run.Play<IStubbornAccountGrain>()));

    [Fact]
    public void A_grain_that_keeps_what_was_not_stored_is_caught() =>
        Assert.NotEmpty(SeedsThatLose(static run => run.Play<IHastyAccountGrain>()));

    [Fact]
    public void Storage_that_does_not_check_versions_is_caught() => Assert.NotEmpty(SeedsThatLose(static run =>
    {
        run.Simulation.Storage.ChecksVersions = false;
        return run.Play<IAccountGrain>();
    }));

    private static List<ulong> SeedsThatLose(Func<AccountScenario, IReadOnlyList<string>> play)
    {
        var losing = new List<ulong>();
        for (var seed = 1UL; seed <= 50; seed++)
        {
            using var run = new AccountScenario(seed);
            if (play(run).Count > 0)
            {
                losing.Add(seed);
            }
        }

        return losing;
    }
}
