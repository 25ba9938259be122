using W0rktree.TestKit;

namespace W0rktree.Cli.Tests;

/// <summary>Holds the pages that come from the tree of commands to the tree.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task The_reference_and_the_manual_are_as_the_commands_are()
    {
        using var line = new CommandLine { Cwd = "/" };
        var written = Path.Combine(line.Folder, "docs");
        Assert.Equal(0, (await line.RunAsync("debug", "reference", written)).ExitCode);

        var pages = Directory.GetFiles(written, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(written, file)).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("man/wt-branch.1", pages);
        foreach (var page in pages)
        {
            var actual = await File.ReadAllTextAsync(Path.Combine(written, page));
            Assert.True(Golden.Expect($"docs/{page}", actual) == actual, $"docs/{page} is not as the command is: run './wt debug reference docs'");
        }

        string[] folders = ["man", "reference/commands"];
        var present = folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, "docs", folder)).Select(file => $"{folder}/{Path.GetFileName(file)}"));
        Assert.Empty(present.Except(pages));
    }

    [Fact]
    public async Task Every_visible_command_has_its_pages()
    {
        using var line = new CommandLine { Cwd = "/" };
        await line.RunAsync("debug", "reference", line.Folder);
        foreach (var words in CommandLines.All().Where(w => !w.Command.Hidden && !w.Line.StartsWith("debug", StringComparison.Ordinal)))
        {
            var page = words.Line.Split(' ')[0];
            Assert.Contains($" wt {words.Line}\n", await File.ReadAllTextAsync(Path.Combine(line.Folder, $"reference/commands/{page}.md")), StringComparison.Ordinal);
            Assert.Contains(words.Command.Description!.Replace("-", "\\-", StringComparison.Ordinal).Replace("'", "\\(aq", StringComparison.Ordinal), await File.ReadAllTextAsync(Path.Combine(line.Folder, $"man/wt-{page}.1")), StringComparison.Ordinal);
        }
    }
}
