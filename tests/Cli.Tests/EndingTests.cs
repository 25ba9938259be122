using System.Text.Json;

namespace W0rktree.Cli.Tests;

/// <summary>Holds every way in which a command can fail to its exit code and its words.</summary>
public sealed class EndingTests
{
    [Theory]
    [InlineData("already_initialised", 2)]
    [InlineData("foreign_owner", 2)]
    [InlineData("stale_base", 3)]
    [InlineData("unknown_branch", 4)]
    [InlineData("not_found", 4)]
    [InlineData("denied", 5)]
    [InlineData("token_revoked", 5)]
    [InlineData("offline", 6)]
    [InlineData("no_server", 6)]
    [InlineData("internal", 1)]
    public async Task A_refusal_of_the_agent_is_told_with_its_hint_and_exit_code(string code, int exitCode)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent("push", $$$$"""{"error":{"code":"{{{{code}}}}","message":"It went wrong.","hint":"Try 'wt pull'.","details":{"path":"a"}}}""");
        Assert.Equal(new Ended(exitCode, "", "wt: It went wrong.\n    Try 'wt pull'.\n"), await line.RunAsync("push"));

        var json = await line.RunAsync("push", "--json");
        Assert.Equal(exitCode, json.ExitCode);
        Assert.Equal($$$$"""{"error":{"code":"{{{{code}}}}","message":"It went wrong.","hint":"Try \u0027wt pull\u0027.","details":{"path":"a"}}}""" + "\n", json.Output);
        Assert.Empty(json.Error);
    }

    [Fact]
    public async Task An_agent_that_goes_away_in_the_middle_is_told_as_such()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent("other", "{}");
        var ended = await line.RunAsync("status", "--json");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("agent_lost", Code(ended));
    }

    [Fact]
    public async Task An_agent_that_cannot_be_started_is_told_with_the_path_of_its_program()
    {
        using var line = new CommandLine();
        var ended = await line.RunAsync("status");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(line.Environment["WT_WORKER"], ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_for_the_agents_state_does_not_start_it()
    {
        using var line = new CommandLine();
        Assert.Equal("agent_not_running", Code(await line.RunAsync("worker", "status", "--json")));
        Assert.Equal(0, (await line.RunAsync("worker", "stop")).ExitCode);
    }

    [Theory]
    [InlineData("stauts", "'stauts' is not a command of 'wt'.", "Did you mean 'wt status'?")]
    [InlineData("brnach list", "'brnach' is not a command of 'wt'.", "Did you mean 'wt branch'?")]
    [InlineData("branch swich x", "'swich' is not a command of 'wt branch'.", "Did you mean 'wt branch switch'?")]
    [InlineData("frobnicate", "'frobnicate' is not a command of 'wt'.", "'wt --help' shows how it is used.")]
    [InlineData("status --taem", "Unrecognized command or argument '--taem'.", "Did you mean 'wt status --team'?")]
    [InlineData("deubg", "'deubg' is not a command of 'wt'.", "'wt --help' shows how it is used.")]
    public async Task A_slip_of_the_fingers_is_answered_with_what_was_meant(string typed, string message, string hint)
    {
        using var line = new CommandLine();
        Assert.Equal(new Ended(2, "", $"wt: {message}\n    {hint}\n"), await line.RunAsync(typed.Split(' ')));
    }

    [Fact]
    public async Task Every_kind_of_failure_names_the_next_command()
    {
        var codes = typeof(Protocol.Ipc.ErrorCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        foreach (var code in codes.Append("of_a_later_version"))
        {
            using var line = new CommandLine();
            await using var agent = line.Agent("push", $$$"""{"error":{"code":"{{{code}}}","message":"It went wrong."}}""");
            Assert.Matches("(?s)wt: It went wrong.\n    .*('wt |--help|Run the command|Ask for less|Give a path)", (await line.RunAsync("push")).Error);
        }
    }

    [Theory]
    [InlineData("branch create")]
    [InlineData("merge")]
    [InlineData("log -n many")]
    [InlineData("status --no-such-option")]
    [InlineData("tenant add acme bob --role king")]
    [InlineData("branch")]
    [InlineData("")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2_and_asks_nobody(string typed)
    {
        using var line = new CommandLine();
        await using var agent = line.Agent("status", "{}");
        string[] arguments = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, (await line.RunAsync(arguments)).ExitCode);
        var json = await line.RunAsync([.. arguments, "--json"]);
        Assert.Equal(2, json.ExitCode);
        Assert.Equal("invalid_argument", Code(json));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task A_command_can_be_given_relative_paths_from_where_the_user_stands()
    {
        using var line = new CommandLine { Cwd = "/home/ada/shop/src" };
        await using var agent = line.Agent("restore", """{"result":{"files":1}}""");
        await line.RunAsync("restore", "../docs/./a.md", "b/");
        Assert.Equal("""["/home/ada/shop/docs/a.md","/home/ada/shop/src/b/"]""", agent.Requests[0]["params"]!["paths"]!.ToJsonString());
        Assert.Equal("/home/ada/shop/src", (string)agent.Requests[0]["cwd"]!);
    }

    [Fact]
    public async Task The_lines_tip_can_be_named_by_its_sign()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent("restore", """{"result":{"files":1}}""");
        Assert.Equal(0, (await line.RunAsync("restore", "--from", "@~1", "a.md")).ExitCode);
        Assert.Equal("@~1", (string)agent.Requests[0]["params"]!["from"]!);
    }

    [Fact]
    public async Task A_reflog_whose_chain_is_broken_is_no_success()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent("reflog.list", """{"result":{"count":0,"chain_intact":false}}""");
        var json = await line.RunAsync("reflog", "--json");
        Assert.Equal(1, json.ExitCode);
        Assert.Equal("reflog_damaged", Code(json));
    }

    private static string? Code(Ended ended)
    {
        using var json = JsonDocument.Parse(ended.Output);
        return json.RootElement.GetProperty("error").GetProperty("code").GetString();
    }
}
