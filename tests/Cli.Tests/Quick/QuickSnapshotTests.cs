using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Quick;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests.Quick;

/// <summary>Holds the shortest way of <c>wt snapshot</c> against the general one, which another spelling takes. Neither asks twice.</summary>
public sealed class QuickSnapshotTests
{
    private const string Made = """
        {"result":{"snapshot":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","root":"bb","parents":["cc"],"kind":"manual","time":"2026-11-20T10:00:00.000+01:00",
        "author":"Ada <ada@example.org>","message":"Sign in\nwith a passkey","conflicted":false,"pushed":false,"classes":{"code":2}},"changes":[
        {"path":"a b.cs","change":"modified","change_class":"code","size":3},{"path":"é","change":"renamed","change_class":"docs","old_path":"e"}],"conflicts":[]}}
        """;

    [Theory]
    [InlineData(Made)]
    [InlineData("""{"result":{"changes":[],"conflicts":[]}}""")]
    [InlineData("""{"result":{"snapshot":null,"changes":[],"conflicts":[]}}""")]
    [InlineData("""{"result":{"changes":[],"conflicts":[{"path":"a.cs","kind":"content"}]}}""")]
    [InlineData("""{"result":{"changes":[],"conflicts":[],"news":[{"a":1}]}}""")]
    [InlineData("""{"result":{"changes":[{"path":"a"}],"conflicts":[]}}""")]
    [InlineData("""{"result":[1]}""")]
    [InlineData("""{"error":{"code":"no_worktree","message":"There is none here."}}""")]
    [InlineData("""{"progress":{"phase":"reading files","done":1,"total":2,"unit":"files"}}""", Made)]
    [InlineData("""{"progress":{"phase":"reading files","done":1,"total":2,"unit":"files"}}""", """{"error":{"code":"disk_full","message":"No space."}}""")]
    [InlineData]
    public async Task Both_ways_ask_once_and_print_the_same(params string[] frames)
    {
        foreach (var message in new[] { null, "Sign in", "with «umlauts» äöü, 100 %", "with \"quotes\"", "two\nlines", "smile 😀", "-", "", " " })
        {
            var quick = await RunAsync(frames, message is null ? ["snapshot"] : ["snapshot", "-m", message]);
            var general = await RunAsync(frames, message is null ? ["snapshot", "--json=false"] : ["snapshot", "--json=false", "-m", message]);
            Assert.Equal(general.Ended, quick.Ended);
            Assert.Equal(general.Request, quick.Request);
            Assert.Equal(message, quick.Request);
        }
    }

    [Theory]
    [InlineData("snapshot", "-m", "Sign in")]
    [InlineData("snapshot", "--message", "Sign in")]
    [InlineData("snapshot")]
    public async Task The_ordinary_lines_take_the_short_way(params string[] arguments)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.SnapshotCreate, Made);
        var answer = QuickLine.Read(arguments)!.Ask(Endpoint.SocketPath(line.Environment, 0), line.Cwd, new Style(enabled: true));
        answer!.Socket.Dispose();
        Assert.Contains("Sign in", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("log")]
    [InlineData("status", "--json")]
    [InlineData("status", "-m", "Sign in")]
    [InlineData("snapshot", "-x", "Sign in")]
    [InlineData("snapshot", "-m")]
    [InlineData("snapshot", "-m", "")]
    [InlineData("snapshot", "-m", "--json")]
    [InlineData("snapshot", "-m", "a", "b")]
    public void No_other_line_does(params string[] arguments) => Assert.Null(QuickLine.Read(arguments));

    [Theory]
    [InlineData(Made)]
    [InlineData("""{"progress":{"phase":"reading files","done":1,"total":2,"unit":"files"}}""", Made)]
    [InlineData("""{"error":{"code":"disk_full","message":"No space."}}""")]
    [InlineData]
    public async Task The_whole_program_goes_on_with_a_conversation_that_was_begun(params string[] frames)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.SnapshotCreate, frames);
        var answer = QuickLine.Read(["snapshot", "-m", "Sign in"])!.Ask(Endpoint.SocketPath(line.Environment, 0), line.Cwd, new Style(enabled: false))!;
        var descriptor = answer.Socket.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        answer.Socket.SetHandleAsInvalid(); // Handed on, as by exec.
        var ended = await line.RunAsync(BegunConversation.Word, descriptor, "snapshot", "-m", "Sign in");
        Assert.Single(agent.Requests);
        Assert.Equal((await RunAsync(frames, ["snapshot", "--message=Sign in"])).Ended, ended);
    }

    [Fact]
    public void Broken_json_is_not_understood()
    {
        var json = Encoding.UTF8.GetBytes(JsonNode.Parse(Made)!["result"]!.ToJsonString());
        Assert.NotNull(AnswerReader.TryReadSnapshot(json));
        for (var length = 0; length < json.Length; length++)
        {
            Assert.Null(AnswerReader.TryReadSnapshot(json.AsSpan(0, length)));
        }
    }

    private static async Task<(Ended Ended, string? Request)> RunAsync(string[] frames, string[] arguments)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.SnapshotCreate, frames);
        var ended = await line.RunAsync(arguments);
        Assert.True(agent.Requests.Count == 1, $"{string.Join("|", arguments)}: {ended}");
        var request = agent.Requests[0];
        return (ended, (string?)request["params"]!["message"]);
    }
}
