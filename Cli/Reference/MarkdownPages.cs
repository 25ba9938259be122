using System.Text;

namespace W0rktree.Cli.Reference;

/// <summary>Writes the reference of the commands for the documentation: a page for each command of the first level, and an index.</summary>
internal static class MarkdownPages
{
    private const string Generated = "<!-- Written by 'wt debug reference docs' from the tree of commands; change the command, not this page. -->\n";

    public static IEnumerable<Page> Write(IReadOnlyList<CommandEntry> commands)
    {
        var index = new StringBuilder("# Commands\n\n").Append(Generated)
            .Append("\nEvery command has `--json` ([schemas](../schema)) and `--help`. Exit codes and environment: [the command line](../cli.md).\n\n| command | does |\n|---|---|\n");
        foreach (var command in commands)
        {
            index.Append($"| [`{command.Line}`]({FileName(command)}) | {command.Description} |\n");
            var page = new StringBuilder();
            Write(page, command, depth: 1);
            yield return new Page($"reference/commands/{FileName(command)}", page.ToString());
        }

        yield return new Page("reference/commands/README.md", index.ToString());
    }

    private static void Write(StringBuilder page, CommandEntry command, int depth)
    {
        page.Append($"{new string('#', depth)} {command.Line}\n\n");
        if (depth == 1)
        {
            page.Append(Generated).Append('\n');
        }

        page.Append($"{command.Description}.\n\n```\n{command.Usage}\n```\n");
        WriteParts(page, command.Arguments.Concat(command.Options));
        if (command.Examples.Count > 0)
        {
            page.Append($"\n```sh\n{string.Join('\n', command.Examples)}\n```\n");
        }

        foreach (var below in command.Below)
        {
            page.Append('\n');
            Write(page, below, depth + 1);
        }
    }

    private static void WriteParts(StringBuilder page, IEnumerable<PartEntry> parts)
    {
        var rows = string.Concat(parts.Select(part => $"| `{part.Name}` | {part.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n"));
        if (rows.Length > 0)
        {
            page.Append($"\n| | |\n|---|---|\n{rows}");
        }
    }

    private static string FileName(CommandEntry command) => command.Line["wt ".Length..] + ".md";
}

/// <summary>One page below <c>docs</c>.</summary>
internal sealed record Page(string Path, string Text);
