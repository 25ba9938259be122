namespace W0rktree.Cli.Tests;

/// <summary>Holds every command to a help with an example that its own parser accepts.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Lines => [.. CommandLines.All().Where(w => w.Line is not ("server" or "debug")).Select(w => w.Line)];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Help_shows_a_description_and_an_example(string line)
    {
        using var run = new CommandLine();
        var words = CommandLines.All().Single(w => w.Line == line);
        var ended = await run.RunAsync([.. line.Split(' '), "--help"]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(words.Command.Description!, ended.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("--json", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Example", ended.Output, StringComparison.Ordinal);
        Assert.Contains($"wt {line}", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_example_is_a_command_line_that_parses()
    {
        var root = W0rktree.Cli.Commands.CommandTree.Build(new CommandContext(
            new Output.Terminal { Output = TextWriter.Null, Error = TextWriter.Null, RawOutput = Stream.Null }, new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System, "/"));
        var wrong = CommandLines.All().Where(w => w.Line != "server").SelectMany(w => ((WtCommand)w.Command).Examples)
            .Select(example => example[example.IndexOf("wt ", StringComparison.Ordinal)..].Split(['|', '>', '<'])[0])
            .Select(example => (example, parse: root.Parse(example[3..].Trim())))
            .Where(pair => pair.parse.Errors.Count > 0)
            .Select(pair => $"{pair.example}: {pair.parse.Errors[0].Message}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Descriptions_are_there_for_every_argument_and_option()
    {
        var bare = CommandLines.All().SelectMany(w => w.Command.Arguments.Cast<System.CommandLine.Symbol>().Concat(w.Command.Options).Where(s => string.IsNullOrWhiteSpace(s.Description)).Select(s => $"{w.Line} {s.Name}"));
        Assert.Empty(bare);
    }
}
