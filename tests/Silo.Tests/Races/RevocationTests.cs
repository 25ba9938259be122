using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using W0rktree.Silo.Tests.Server;
using Xunit.Abstractions;

namespace W0rktree.Silo.Tests.Races;

/// <summary>
/// Rights are taken away while they are used: nothing that starts after the acknowledgement succeeds, and no open stream tells of what
/// happened after it. Here some races; 10,000: tests/campaigns/revocation/run.sh.
/// </summary>
[Collection(BusyServer.Collection)]
public sealed class RevocationTests(BusyServer server, ITestOutputHelper output)
{
    private static int Races => int.Parse(Environment.GetEnvironmentVariable("WT_REVOCATION_RACES") ?? "60", CultureInfo.InvariantCulture);

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("WT_REVOCATION_SEED") ?? "20261130", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Nothing_that_starts_after_the_acknowledgement_succeeds()
    {
        var scene = await RaceScene.MakeAsync(server);
        var random = new Random(Seed);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (before, refused) = (0, 0);
        for (var race = 0; race < Races; race++)
        {
            var kind = scene.Kinds[random.Next(scene.Kinds.Length)];
            var uses = scene.UsesOf(kind, random);
            var user = await kind.PrepareAsync(scene);
            var tried = await RaceAsync(() => kind.RevokeAsync(scene, user), uses.Select(use => (Func<Task<bool>>)(() => use(user))), random);
            var late = tried.Uses.Where(u => u.Started > tried.Acknowledged && u.Succeeded).ToList();
            Assert.True(late.Count == 0, $"Seed {Seed}, race {race}, {kind.Name}: {late.Count} uses that began after the acknowledgement succeeded.");
            counts[kind.Name] = counts.GetValueOrDefault(kind.Name) + 1;
            before += tried.Uses.Count(u => u.Succeeded);
            refused += tried.Uses.Count(u => !u.Succeeded);
            await kind.RestoreAsync(scene);
        }

        output.WriteLine($"{Races} races with seed {Seed}: {string.Join(", ", counts.Select(c => $"{c.Value} × {c.Key}"))}; {before} uses succeeded, {refused} were refused, 0 too late");
        Assert.True(before > 0 && refused > 0, "The races were none.");
    }

    /// <summary>Uses a right again and again from several sides while it is taken away, and some times after that.</summary>
    private static async Task<(long Acknowledged, List<(long Started, bool Succeeded)> Uses)> RaceAsync(Func<Task> revoke, IEnumerable<Func<Task<bool>>> uses, Random random)
    {
        const int After = 2;
        var all = new ConcurrentBag<(long, bool)>();
        var acknowledged = long.MaxValue;
        var first = random.Next(4);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loops = uses.Select(use => Task.Run(async () =>
        {
            for (var (done, after) = (0, 0); after < After; done++)
            {
                if (done >= first)
                {
                    begun.TrySetResult();
                }

                var started = Stopwatch.GetTimestamp();
                after += started > Volatile.Read(ref acknowledged) ? 1 : 0;
                all.Add((started, await use()));
            }
        })).ToArray();
        await begun.Task;
        await revoke();
        Volatile.Write(ref acknowledged, Stopwatch.GetTimestamp());
        await Task.WhenAll(loops);
        return (acknowledged, [.. all]);
    }
}
