using System.Globalization;
using Grpc.Core;
using W0rktree.Silo.Tests.Server;
using Xunit.Abstractions;

namespace W0rktree.Silo.Tests.Isolation;

/// <summary>
/// Two servers that differ only in what tenant A keeps secret give tenant B the same answers through both doors, byte for byte: status, headers, body, size,
/// progress and whether a snapshot is known. Here some requests; 20,000: tests/campaigns/non-interference/run.sh.
/// </summary>
public sealed class NonInterferenceTests(ITestOutputHelper output)
{
    private static int Requests => int.Parse(Environment.GetEnvironmentVariable("WT_NON_INTERFERENCE_REQUESTS") ?? "400", CultureInfo.InvariantCulture);

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("WT_NON_INTERFERENCE_SEED") ?? "20261130", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Nothing_that_a_tenant_keeps_secret_changes_an_answer_to_another()
    {
        await using var left = await TwinServer.StartAsync();
        await using var right = await TwinServer.StartAsync();
        var pool = new Pool(left.Doors);
        var tokens = new[]
        {
            await FillAsync(left, pool, "alpha", 1_000, "launch", members: true),
            await FillAsync(right, pool, "beta", 2_000, "merger", members: false),
        };

        // Registering takes time that differs; from here on both clocks show the same.
        var start = left.Now > right.Now ? left.Now : right.Now;
        left.SetTime(start);
        right.SetTime(start);
        var random = new Random(Seed);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Requests; i++)
        {
            left.Tick();
            right.Tick();
            var request = pool.Draw(random);
            var (a, b) = (await request.SendAsync(left, tokens[0]), await request.SendAsync(right, tokens[1]));
            Assert.True(a == b, $"Seed {Seed}, request {i}, {request}:\n{a}\n{b}");
            outcomes[a.Outcome] = outcomes.GetValueOrDefault(a.Outcome) + 1;
        }

        output.WriteLine($"{Requests} requests with seed {Seed}, all answers equal: {string.Join(", ", outcomes.Select(o => $"{o.Value} × {o.Key}"))}");
        Assert.True(outcomes.GetValueOrDefault("ok") > 0 && outcomes.GetValueOrDefault("not_found") > 0, "The requests were all alike.");
    }

    /// <summary>Makes both tenants; A's secrets are named and made by the arguments, B's things are the same everywhere.</summary>
    private static async Task<string> FillAsync(TwinServer server, Pool pool, string secretWorktree, UInt128 secretId, string word, bool members)
    {
        var a = await server.RegisterAsync("aaron", new string('a', 32));
        var b = await server.RegisterAsync("berta", new string('b', 32));
        var c = await server.RegisterAsync("carol", new string('c', 32));
        Metadata Head(SignInReply of) => new() { { "authorization", $"Bearer {of.Token}" } };
        var (tree, history) = await server.WorktreeAsync(
            Head(a), "aaron", secretWorktree, secretId, new() { ["shared.txt"] = "known to both", ["secret.txt"] = word }, new() { ["shared.txt"] = "known to both", ["secret.txt"] = word + word });
        if (members)
        {
            // The account that asks as a stranger is none of them: only what A has decided about others differs.
            _ = await new Identity.IdentityClient(server.Channel).SetMemberAsync(new SetMemberRequest { Tenant = "aaron", Account = "carol", Role = "developer" }, Head(a));
        }

        var (own, mine) = await server.WorktreeAsync(
            Head(b), "berta", "shop", 3_000, new() { ["shared.txt"] = "known to both", ["b.txt"] = "b" }, new() { ["shared.txt"] = "known to both", ["b.txt"] = "bb" });
        pool.Trees.AddRange([tree, own]);
        pool.Own = own;
        pool.Names.AddRange([secretWorktree, "shop"]);
        pool.Snapshots.AddRange([.. history, .. mine]);
        foreach (var id in server.Objects.Ids)
        {
            var stored = await server.Objects.TryReadAsync(id, CancellationToken.None);
            pool.Objects[id] = stored!;
        }

        return b.Token;
    }
}
