using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests.Completion;

/// <summary>Holds the answers to a half-typed line.</summary>
public sealed class CompletionTests
{
    private const string Branches = """{"result":{"branches":[{"name":"main","snapshot":null,"current":true,"remote":false,"deleted":false},{"name":"main@server","snapshot":null,"current":false,"remote":true,"deleted":false},{"name":"feature/login","snapshot":null,"current":false,"remote":false,"deleted":false},{"name":"gone","snapshot":null,"current":false,"remote":false,"deleted":true}]}}""";

    [Theory]
    [InlineData("stat|", ":words status")]
    [InlineData("branch s|", ":words switch")]
    [InlineData("branch switch |", ":words main main@server feature/login")]
    [InlineData("branch switch ma|", ":words main main@server")]
    [InlineData("branch switch main@|", ":words main@server")]
    [InlineData("branch switch main |", ":words")]
    [InlineData("branch create |", ":words")]
    [InlineData("branch create x --from fea|", ":words feature/login")]
    [InlineData("branch create x --fro|", ":words --from")]
    [InlineData("merge m|", ":words main main@server")]
    [InlineData("diff --stat --from f|", ":words feature/login")]
    [InlineData("diff --stat |", ":files")]
    [InlineData("diff a b c|", ":files")]
    [InlineData("restore --from main |", ":files")]
    [InlineData("log -n 3 |", ":files")]
    [InlineData("show main |", ":files")]
    [InlineData("init |", ":dirs")]
    [InlineData("completion z|", ":words zsh")]
    [InlineData("tenant add acme bob --role d|", ":words developer")]
    [InlineData("status --t|", ":words --team")]
    [InlineData("frobnicate |", ":words")]
    [InlineData("deb|", ":words")]
    public async Task A_half_line_is_continued(string typed, string expected)
    {
        using var line = new CommandLine { Clock = new StandingClock() };
        await using var agent = line.Agent(Methods.BranchList, Branches);
        var words = typed.TrimEnd('|').Split(' ');
        var ended = await line.RunAsync(["__complete", .. words]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(expected, string.Join(' ', ended.Output.TrimEnd('\n').Split('\n').Select(l => l.Split('\t')[0])));
    }

    [Fact]
    public async Task Completion_starts_no_agent_and_says_nothing_where_none_runs()
    {
        using var line = new CommandLine();
        Assert.Equal(new Ended(0, ":words\n", ""), await line.RunAsync("__complete", "branch", "switch", ""));
    }

    [Fact]
    public async Task Every_visible_command_is_offered()
    {
        using var line = new CommandLine();
        var offered = (await line.RunAsync("__complete", "")).Output.Split('\n').Skip(1).Select(l => l.Split('\t')[0]);
        Assert.Equal(CommandLines.All().Where(w => !w.Line.Contains(' ', StringComparison.Ordinal) && !w.Command.Hidden).Select(w => w.Line), offered.Where(name => name.Length > 0));
    }

    /// <summary>Time that does not pass: however slow the machine, the patience of completion does not end.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
