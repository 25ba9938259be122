using System.Globalization;
using System.Text.Json;
using W0rktree.Grains.Access.Policies.Cases;
using Xunit.Abstractions;

namespace W0rktree.Grains.Tests.Access.Oracle;

/// <summary>Holds the engine against a second evaluator that shares nothing with it.</summary>
/// <remarks><c>tests/campaigns/policy-oracle/run.sh</c> runs the same with a million cases.</remarks>
public sealed class OracleTests(ITestOutputHelper output)
{
    private static int Cases => int.Parse(Environment.GetEnvironmentVariable("WT_ORACLE_CASES") ?? "50000", CultureInfo.InvariantCulture);

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("WT_ORACLE_SEED") ?? "20261121", CultureInfo.InvariantCulture);

    [Fact]
    public void The_engine_and_a_naive_reading_of_the_rules_give_the_same_answer_to_every_case()
    {
        const int perSeed = 1_000;
        var (allowed, compared) = (0, 0);
        Parallel.For(0, (Cases + perSeed - 1) / perSeed, new ParallelOptions { MaxDegreeOfParallelism = 2 }, batch =>
        {
            var generator = new CaseGenerator(Seed + batch);
            for (var i = 0; i < perSeed; i++)
            {
                var text = generator.Next();
                using var document = JsonDocument.Parse(text);
                var expected = NaiveAccess.Allows(document.RootElement);
                var verdict = AccessCase.Parse(text).Value.Decide(out var problem);
                Assert.True(problem is null, $"seed {Seed + batch}, case {i}: {problem}\n{text}");
                Assert.True(verdict.Value.IsAllowed == expected, $"seed {Seed + batch}, case {i}: the oracle says {expected}, the engine {verdict.Value.IsAllowed} because {string.Join("; ", verdict.Value.Because)}\n{text}");
                Assert.NotEmpty(verdict.Value.Because);
                Interlocked.Add(ref allowed, expected ? 1 : 0);
                Interlocked.Increment(ref compared);
            }
        });
        output.WriteLine($"{compared:N0} cases from seed {Seed}: {allowed:N0} allowed, 0 differences");

        // A generator whose cases all end the same way would prove nothing.
        Assert.InRange(allowed, compared / 10, compared * 9 / 10);
    }
}
