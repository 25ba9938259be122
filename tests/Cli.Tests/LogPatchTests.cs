using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests;

/// <summary>Holds <c>wt log --patch</c> to what it asks, one question after the other, and to what it shows between the snapshots.</summary>
public sealed class LogPatchTests
{
    private static readonly string[] s_log = Scenarios.All.Single(s => s.Name == "log").Frames;
    private static readonly string[] s_diff = Scenarios.All.Single(s => s.Name == "diff").Frames;

    [Fact]
    public async Task Each_snapshot_is_followed_by_its_changes_below_the_path()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(new Dictionary<string, string[]>(StringComparer.Ordinal) { [Methods.Log] = s_log, [Methods.Diff] = s_diff });
        var answer = await line.RunAsync(["log", "--patch", "-U", "1", "src"]);

        Assert.Equal(0, answer.ExitCode);
        Assert.Equal([Methods.Log, Methods.Diff, Methods.Diff], agent.Requests.Select(request => (string)request["method"]!));
        var asked = agent.Requests[1]["params"]!;
        Assert.Equal(64, ((string)asked["of"]!).Length);
        Assert.Equal(Path.Combine(line.Cwd, "src"), (string)asked["paths"]![0]!);
        Assert.Equal(1, (int)asked["context"]!);
        Assert.Equal(2, answer.Output.Split("--- a\n+++ b\n").Length - 1);
        Assert.True(answer.Output.IndexOf("snapshot ", StringComparison.Ordinal) < answer.Output.IndexOf("--- a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_graph_has_no_place_for_changes()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(new Dictionary<string, string[]>(StringComparer.Ordinal) { [Methods.Log] = s_log });
        var answer = await line.RunAsync(["log", "--graph", "--stat"]);
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("--graph", answer.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task A_merge_is_listed_without_changes()
    {
        using var line = new CommandLine();
        var merge = Replies.Manual.Replace($"[\"{Replies.B}\"]", $"[\"{Replies.B}\",\"{Replies.C}\"]", StringComparison.Ordinal);
        string[] frames = [Replies.Event(merge), Replies.Result("""{"count":1,"more":false}""")];
        await using var agent = line.Agent(new Dictionary<string, string[]>(StringComparer.Ordinal) { [Methods.Log] = frames, [Methods.Diff] = s_diff });
        var answer = await line.RunAsync(["log", "-p"]);
        Assert.Equal(0, answer.ExitCode);
        Assert.Equal(Methods.Log, (string)Assert.Single(agent.Requests)["method"]!);
        Assert.Contains("snapshot ", answer.Output, StringComparison.Ordinal);
    }
}
