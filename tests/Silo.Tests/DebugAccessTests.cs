using System.Globalization;
using System.Text.Json;
using W0rktree.Grains.Tests.Access.Oracle;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary><c>worktree-server debug access</c> gives the answers of the second evaluator, which shares nothing with it.</summary>
public sealed class DebugAccessTests
{
    private static int Cases => int.Parse(Environment.GetEnvironmentVariable("WT_DEBUG_ACCESS_CASES") ?? "2000", CultureInfo.InvariantCulture);

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("WT_ORACLE_SEED") ?? "20261130", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_command_line_answers_every_case_as_the_naive_reading_of_the_rules_does()
    {
        const int AtOnce = 20_000;
        var generator = new CaseGenerator(Seed);
        for (var done = 0; done < Cases; done += AtOnce)
        {
            var cases = Enumerable.Range(0, Math.Min(AtOnce, Cases - done)).Select(_ => generator.Next()).ToArray();
            var answers = await ServerProcess.AnswerAsync(cases, "debug", "access");
            Assert.Equal(cases.Length, answers.Length);
            for (var i = 0; i < cases.Length; i++)
            {
                Compare(done + i, cases[i], answers[i]);
            }
        }
    }

    [Fact]
    public async Task A_line_that_is_no_case_and_a_file_that_is_no_policy_are_answered_with_what_is_wrong()
    {
        var answers = await ServerProcess.AnswerAsync(
            ["{", """{"root":{"policies":"[[policy]]\nname = \"x\"\neffect = \"perhaps\""},"principal":{"account":"a","tenant":"t"},"permission":"tree:read","resource":{"tenant":"t"}}"""], "debug", "access");
        Assert.NotEmpty(JsonDocument.Parse(answers[0]).RootElement.GetProperty("error").GetProperty("code").GetString()!);
        var problem = JsonDocument.Parse(answers[1]).RootElement.GetProperty("error");
        Assert.Equal((".wt/access/policies.toml", 3, 1), (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32()));
    }

    private static void Compare(int number, string @case, string text)
    {
        using var asked = JsonDocument.Parse(@case);
        using var answer = JsonDocument.Parse(text);
        var expected = NaiveAccess.Allows(asked.RootElement) ? "allow" : "deny";
        Assert.True(answer.RootElement.GetProperty("decision").GetString() == expected, $"Seed {Seed}, case {number}: {@case}\n{text}");
        Assert.NotEqual(0, answer.RootElement.GetProperty("because").GetArrayLength());
    }
}
