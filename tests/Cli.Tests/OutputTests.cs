using System.Text;
using System.Text.RegularExpressions;
using W0rktree.TestKit;

namespace W0rktree.Cli.Tests;

/// <summary>Shows every change of what commands ask the agent, print, and end with.</summary>
public sealed partial class OutputTests
{
    public static TheoryData<string> Names => [.. Scenarios.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_asks_and_answers_as_in_its_golden_file(string name)
    {
        var scenario = Scenarios.All.Single(s => s.Name == name);
        using var line = new CommandLine();
        await using var agent = line.Agent(scenario.Method, scenario.Frames);
        var text = await line.RunAsync(scenario.Arguments);
        var json = await line.RunAsync([.. scenario.Arguments, "--json"]);

        var seen = new StringBuilder().AppendLine($"$ wt {string.Join(' ', scenario.Arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"\"{a}\"" : a))}");
        seen.AppendLine($"--- asked\n{agent.Requests[0]["method"]} {agent.Requests[0]["params"]?.ToJsonString()}");
        seen.Append($"--- answered\n{Clock().Replace(text.Output, "HH:MM:SS")}--- beside it\n{text.Error}--- answered with --json\n{json.Output}");
        var actual = seen.ToString().ReplaceLineEndings("\n");

        Assert.Equal((scenario.ExitCode, scenario.ExitCode), (text.ExitCode, json.ExitCode));
        Assert.Equal(Golden.Expect($"tests/Cli.Tests/Golden/{name}.txt", actual), actual);
        Assert.All(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), answer => System.Text.Json.JsonDocument.Parse(answer).Dispose());
        Assert.Empty(json.Error);
        Assert.DoesNotContain('\e', text.Output + text.Error);
    }

    [Fact]
    public async Task A_long_answer_goes_through_the_pager_on_a_terminal_and_nowhere_else()
    {
        var scenario = Scenarios.All.Single(s => s.Name == "reflog");
        using var line = new CommandLine();
        var paged = Path.Combine(line.Folder, "paged");
        line.Environment["WT_PAGER"] = $"cat > '{paged}'";
        await using var agent = line.Agent(scenario.Method, scenario.Frames);

        Assert.NotEmpty((await line.RunAsync(scenario.Arguments)).Output);
        Assert.False(File.Exists(paged));

        line.OnTerminal = true;
        Assert.NotEmpty((await line.RunAsync([.. scenario.Arguments, "--json"])).Output);
        Assert.False(File.Exists(paged));

        Assert.Equal("", (await line.RunAsync(scenario.Arguments)).Output);
        Assert.Contains("auto, 3 changed", await File.ReadAllTextAsync(paged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_who_quits_the_pager_early_has_seen_enough()
    {
        var scenario = Scenarios.All.Single(s => s.Name == "reflog");
        using var line = new CommandLine { OnTerminal = true };
        line.Environment["WT_PAGER"] = "true";
        await using var agent = line.Agent(scenario.Method, [.. Enumerable.Repeat(scenario.Frames[0], 5000), scenario.Frames[^1]]);
        Assert.Equal(0, (await line.RunAsync(scenario.Arguments)).ExitCode);
    }

    [Fact]
    public void Every_command_that_asks_the_agent_or_a_server_has_a_scenario()
    {
        // What needs a terminal, standard input, git or another program is tested end to end.
        string[] elsewhere = ["completion", "debug reference", "login", "server", "demo", "whoami", "worker start", "worker stop", "worker restart", "worker logs", "worker install", "worker uninstall", "debug check-ignore", "debug chunk", "debug git-ids", "debug secrets", "archive", "git import", "git export", "git mirror"];
        var tested = Scenarios.All.Select(s => string.Join(' ', s.Arguments)).Concat(ServerTests.All.Select(s => string.Join(' ', s.Arguments))).ToArray();
        var missing = CommandLines.Leaves().Select(leaf => leaf.Line).Except(elsewhere).Where(leaf => !tested.Any(t => (t + " ").StartsWith(leaf + " ", StringComparison.Ordinal)));
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Colour_is_for_terminals_that_welcome_it()
    {
        var scenario = Scenarios.All.Single(s => s.Name == "status");
        using var line = new CommandLine { OnTerminal = true };
        await using var agent = line.Agent(scenario.Method, scenario.Frames);
        var coloured = await line.RunAsync("status");
        var json = await line.RunAsync("status", "--json");
        line.Environment["NO_COLOR"] = "1";
        var plain = await line.RunAsync("status");
        line.Environment["NO_COLOR"] = "";
        var emptyMeansUnset = await line.RunAsync("status");

        Assert.Contains('\e', coloured.Output);
        Assert.DoesNotContain('\e', json.Output);
        Assert.DoesNotContain('\e', plain.Output);
        Assert.Equal(coloured.Output, emptyMeansUnset.Output);
        Assert.Equal(plain.Output, Escapes().Replace(coloured.Output, ""));
    }

    [Fact]
    public async Task A_patch_on_a_terminal_is_coloured_and_with_patch_it_is_not()
    {
        var scenario = Scenarios.All.Single(s => s.Name == "diff");
        using var line = new CommandLine { OnTerminal = true };
        await using var agent = line.Agent(scenario.Method, scenario.Frames);
        Assert.Contains("\e[32m+y", (await line.RunAsync("diff")).Output, StringComparison.Ordinal);
        Assert.Equal("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", (await line.RunAsync("diff", "--patch")).Output);
    }

    [GeneratedRegex(@"\d\d:\d\d:\d\d", RegexOptions.NonBacktracking)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\e\[\d+m", RegexOptions.NonBacktracking)]
    private static partial Regex Escapes();
}
