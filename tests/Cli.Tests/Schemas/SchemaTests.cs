using System.Text.Json;
using W0rktree.Cli.Output;
using W0rktree.TestKit;

namespace W0rktree.Cli.Tests.Schemas;

/// <summary>Holds docs/reference/schema to the commands, and what the commands print to docs/reference/schema.</summary>
public sealed class SchemaTests
{
    private const string Folder = "docs/reference/schema";

    public static TheoryData<string> Commands => [.. Answers.Types.Keys];

    public static TheoryData<string> Scenarios => [.. Tests.Scenarios.All.Where(s => s.Arguments[0] is not ("debug" or "diff")).Select(s => s.Name)];

    [Fact]
    public void Every_visible_command_has_a_schema()
    {
        var visible = CommandLines.Leaves().Where(w => !w.Command.Hidden && w.Line.Split(' ')[0] != "debug").Select(w => w.Line).Order(StringComparer.Ordinal).ToList();
        var described = Answers.Types.Keys.Concat(Answers.WithoutData).Order(StringComparer.Ordinal);
        Assert.True(visible.SequenceEqual(described), $"Say in Answers what these answer: {string.Join(", ", visible.Except(described))}; gone: {string.Join(", ", described.Except(visible))}");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_schema_is_that_of_the_golden_file(string command)
    {
        var lines = Answers.Types[command].Length > 1 ? "Each line is one of these." : "One object, or one a line.";
        var actual = SchemaWriter.Write($"wt {command} --json", lines, Answers.Types[command]);
        Assert.Equal(Golden.Expect(FileOf(command), actual), actual);
    }

    [Fact]
    public void The_schema_of_errors_is_that_of_the_golden_file()
    {
        var actual = SchemaWriter.Write("an error with --json", "Any command, in place of its answer.", [ErrorJson.Default.ErrorBody]);
        Assert.Equal(Golden.Expect($"{Folder}/error.json", actual), actual);
    }

    [Fact]
    public void No_schema_is_left_of_a_command_that_is_gone()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, Folder), "*.json").Select(Path.GetFileName);
        Assert.Empty(files.Except(Answers.Types.Keys.Append("error").Select(command => command.Replace(' ', '-') + ".json")));
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task What_a_command_prints_is_valid(string name)
    {
        var scenario = Tests.Scenarios.All.Single(s => s.Name == name);
        using var line = new CommandLine();
        await using var agent = line.Agent(scenario.Method, scenario.Frames);
        var ended = await line.RunAsync([.. scenario.Arguments, "--json"]);
        var isError = ended.Output.StartsWith("{\"error\":", StringComparison.Ordinal);
        Assert.True(!isError || scenario.ExitCode != 0, "A command that succeeds answers with its own schema.");
        AssertValid(isError ? $"{Folder}/error.json" : FileOf(CommandOf(scenario.Arguments)), ended.Output);
    }

    public static TheoryData<string> ServerScenarios => [.. ServerTests.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(ServerScenarios))]
    public async Task What_a_command_prints_of_a_servers_answer_is_valid(string name)
    {
        var scenario = ServerTests.All.Single(s => s.Name == name);
        await using var server = FakeServer.Start(scenario.Script.ToDictionary(s => s.Asked, s => s.Answer, StringComparer.Ordinal));
        using var line = new CommandLine();
        line.Environment["WT_SERVER"] = server.Url;
        line.Environment["WT_TOKEN"] = "wt_mine";
        var ended = await line.RunAsync([.. scenario.Arguments.Select(a => a.Replace("URL", server.Url, StringComparison.Ordinal)), "--json"]);
        AssertValid(ended.Output.StartsWith("{\"error\":", StringComparison.Ordinal) ? $"{Folder}/error.json" : FileOf(CommandOf(scenario.Arguments)), ended.Output);
    }

    // Its scenario plays the answer to a question for a patch; with --json the question is another.
    [Fact]
    public async Task What_diff_prints_is_valid()
    {
        using var line = new CommandLine();
        await using var agent = line.Agent(
            Protocol.Ipc.Methods.Diff,
            """{"event":{"path":"a","change":"modified","binary":false,"added":1,"deleted":1,"hunks":[{"old_start":1,"old_lines":1,"new_start":1,"new_lines":1,"lines":["-x","+y"]}]}}""",
            """{"result":{"files":1,"added":1,"deleted":1}}""");
        var ended = await line.RunAsync("diff", "--json");
        Assert.Equal("structured", (string)agent.Requests[0]["params"]!["format"]!);
        AssertValid(FileOf("diff"), ended.Output);
    }

    [Fact]
    public async Task What_whoami_prints_without_an_agent_is_valid()
    {
        using var line = new CommandLine();
        AssertValid(FileOf("whoami"), (await line.RunAsync("whoami", "--json")).Output);
    }

    [Theory]
    [InlineData("stauts")]
    [InlineData("status")]
    public async Task What_a_failure_prints_is_valid(string command)
    {
        using var line = new CommandLine();
        AssertValid($"{Folder}/error.json", (await line.RunAsync(command, "--json")).Output);
    }

    [Theory]
    [InlineData("doctor", """{"healthy":1}""", "$.healthy: Number is not")]
    [InlineData("doctor", "{}", "'problems' is not there")]
    [InlineData("sync-status", """{"state":"idle","pending":0,"colour":"red"}""", "'colour' is not in the schema")]
    [InlineData("diff", """{"files":"many"}""", "fits none of 2 schemas")]
    [InlineData("branch-list", """{"branches":[{"name":"a"}]}""", "$.branches[0]")]
    public void What_is_not_valid_is_reported(string schema, string json, string problem)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Contains(JsonShape.Check(Load($"{Folder}/{schema}.json"), document.RootElement), wrong => wrong.Contains(problem, StringComparison.Ordinal));
    }

    private static void AssertValid(string schemaFile, string output)
    {
        var schema = Load(schemaFile);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, text =>
        {
            using var document = JsonDocument.Parse(text);
            Assert.Empty(JsonShape.Check(schema, document.RootElement));
        });
    }

    private static JsonElement Load(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, file))).RootElement;

    private static string CommandOf(string[] arguments) =>
        Answers.Types.Keys.Where(command => (string.Join(' ', arguments) + " ").StartsWith(command + " ", StringComparison.Ordinal)).MaxBy(command => command.Length)!;

    private static string FileOf(string command) => $"{Folder}/{command.Replace(' ', '-')}.json";
}
