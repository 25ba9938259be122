using System.Text;
using System.Text.Json;
using W0rktree.Cli.Output;
using W0rktree.Cli.Quick;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests.Quick;

/// <summary>Holds the shortest way of <c>wt status</c> against the general one, which another option takes.</summary>
public sealed class QuickStatusTests
{
    private static readonly string[] s_general = ["status", "--team=false"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Both_ways_print_the_same(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var status = Any(random);
            var json = JsonSerializer.Serialize(status, IpcJson.Default.StatusResult);
            var (quick, asked) = await RunAsync(json, ["status"]);
            var (general, _) = await RunAsync(json, s_general);
            Assert.Equal(general, quick);
            Assert.Equal(1, asked);
            Assert.Equal(IsOrdinary(status) ? general.Output : null, await QuicklyAsync(json));
        }
    }

    [Fact]
    public async Task What_a_later_agent_says_is_left_to_the_general_way()
    {
        var json = """{"root":"/r","name":"shop","branch":"main","changes":[],"conflicts":[],"sync":{"state":"none","pending":0},"overlaps":[],"warnings":[],"news":[{"a":1}]}""";
        var (quick, asked) = await RunAsync(json, ["status"]);
        Assert.Equal((await RunAsync(json, s_general)).Ended, quick);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("""{"error":{"code":"no_worktree","message":"There is none here."}}""")]
    [InlineData("""{"progress":{"phase":"reading files","done":1,"total":2,"unit":"files"}}""", """{"result":{"root":"/r","name":"shop","branch":"main","changes":[],"conflicts":[],"sync":{"state":"none","pending":0},"overlaps":[],"warnings":[]}}""")]
    [InlineData("""{"result":{"root":"/r"}}""")]
    [InlineData("""{"result":[1]}""")]
    [InlineData]
    public async Task Whatever_else_the_agent_says_ends_as_on_the_general_way(params string[] frames)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.Status, frames);
        var quick = await line.RunAsync("status");
        Assert.Equal(await line.RunAsync(s_general), quick);
    }

    [Fact]
    public async Task A_directory_that_needs_escapes_is_left_to_the_general_way()
    {
        var json = """{"root":"/r","name":"shop","branch":"main","changes":[],"conflicts":[],"sync":{"state":"none","pending":0},"overlaps":[],"warnings":[]}""";
        using var line = new CommandLine { Cwd = "/home/ada/\"quoted\" \\ \n é" };
        await using var agent = line.Agent(Methods.Status, $$"""{"result":{{json}}}""");
        Assert.Equal(0, (await line.RunAsync("status")).ExitCode);
        Assert.Equal(line.Cwd, (string)Assert.Single(agent.Requests)["cwd"]!);
    }

    [Fact]
    public void Broken_json_is_not_understood()
    {
        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Any(new Random(5)) with { Conflicts = [], Overlaps = [], Warnings = [], Recovery = null, Held = null }, IpcJson.Default.StatusResult));
        for (var length = 0; length < json.Length; length++)
        {
            Assert.Null(AnswerReader.TryReadStatus(json.AsSpan(0, length)));
        }
    }

    [Fact]
    public async Task An_answer_that_a_socket_does_not_hold_is_left_to_the_general_way()
    {
        var json = JsonSerializer.Serialize(
            Any(new Random(6)) with { Changes = [.. Enumerable.Range(0, 10_000).Select(i => new ChangeInfo($"src/{i}.cs", "added", "code", null, null))], Conflicts = [], Overlaps = [], Warnings = [], Recovery = null, Held = null },
            IpcJson.Default.StatusResult);
        var (quick, asked) = await RunAsync(json, ["status"]);
        Assert.Equal((await RunAsync(json, s_general)).Ended, quick);
        Assert.Equal(1, asked);
        Assert.Null(await QuicklyAsync(json));
    }

    private static async Task<string?> QuicklyAsync(string json)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.Status, $$"""{"result":{{json}}}""");
        var answer = QuickLine.Read(["status"])!.Ask(Endpoint.SocketPath(line.Environment, 0), line.Cwd, new Style(enabled: false));
        answer!.Socket.Dispose();
        return answer.Text;
    }

    private static async Task<(Ended Ended, int Asked)> RunAsync(string json, string[] arguments)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(Methods.Status, $$"""{"result":{{json}}}""");
        return (await line.RunAsync(arguments), agent.Requests.Count);
    }

    private static bool IsOrdinary(StatusResult status) =>
        status is { Conflicts.Count: 0, Overlaps.Count: 0, Warnings.Count: 0, Recovery: null, Held: null, Sync.LastError: null, Tip: null or { Path: null, Follows: null } };

    private static StatusResult Any(Random random)
    {
        bool Maybe() => random.Next(2) == 0;
        bool Seldom() => random.Next(12) == 0;
        string Word() => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "abc/é\"\\\n\t😀 '<".EnumerateRunes().ElementAt(random.Next(13)).ToString()));
        T Of<T>(params T[] values) => values[random.Next(values.Length)];
        return new StatusResult
        {
            Root = Word(), Name = Word(), Owner = Maybe() ? Word() : null, Branch = Word(),
            Tip = Maybe() ? null : new SnapshotInfo
            {
                Id = new string('a', 64), Root = Word(), Parents = Maybe() ? [] : [Word(), Word()], Kind = Of("auto", "manual", "merge"), Time = "2026-11-20T10:00:00.000+01:00",
                Author = Maybe() ? Word() : null, Message = Maybe() ? Word() : null, Conflicted = Maybe(), Pushed = Of<bool?>(null, true, false),
                Classes = Of(null, new Dictionary<string, int>(), new Dictionary<string, int> { ["code"] = 3, ["asset"] = 3, ["config"] = 9 }),
            },
            Changes = [.. Enumerable.Range(0, Of(0, 1, 5, 130)).Select(_ => new ChangeInfo(Word(), Of("added", "modified", "deleted", "renamed", "mode_changed", "odd"), Of("code", "config", "asset"), Maybe() ? Word() : null, Maybe() ? 5 : null))],
            Ahead = Of<int?>(null, 0, 3), Behind = Of<int?>(null, 0, 3),
            Sync = new SyncInfo { State = Of("none", "signed_out", "idle", "offline", "paused", "refused"), Server = Maybe() ? Word() : null, Pending = random.Next(3), LastSync = Maybe() ? DateTimeOffset.UnixEpoch : null, LastError = Seldom() ? new ErrorInfo("busy", Word()) : null },
            Conflicts = Seldom() ? [new ConflictInfo(Word(), "content")] : [],
            Overlaps = Seldom() ? [new OverlapInfo(Word(), "same_path", Word(), Word(), DateTimeOffset.UnixEpoch)] : [],
            Warnings = Seldom() ? [new WarningInfo("code", Word(), Maybe() ? Word() : null)] : [],
            Recovery = Seldom() ? new RecoveryReport { Action = Word() } : null,
            Held = Seldom() ? [new HeldInfo(Word(), 3, "aws-key", "a key")] : null,
            Permissions = Maybe() ? new PermissionsInfo("developer", ["tree:read"], DateTimeOffset.UnixEpoch) : null,
        };
    }
}
