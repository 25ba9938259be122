using System.Text;

namespace W0rktree.Cli.Reference;

/// <summary>Writes manual pages in the man macros: wt(1), and one for each command of the first level.</summary>
internal static class ManPages
{
    private const string Generated = ".\\\" Written by 'wt debug reference docs' from the tree of commands; change the command, not this page.\n";

    public static IEnumerable<Page> Write(IReadOnlyList<CommandEntry> commands)
    {
        yield return new Page("man/wt.1", Overview(commands));
        foreach (var command in commands)
        {
            yield return new Page($"man/{command.Line.Replace(' ', '-')}.1", CommandPage(command));
        }
    }

    private static string Overview(IReadOnlyList<CommandEntry> commands)
    {
        var page = Head("wt", "version control that keeps every state of your work");
        page.Append(".SH SYNOPSIS\n.B wt\nCOMMAND [ARGUMENTS] [\\-\\-json]\n.SH DESCRIPTION\n");
        page.Append("Snapshots are made by themselves; the team sees who works on what; everything but sync works offline.\nThe agent starts with the first command.\n.SH COMMANDS\n");
        foreach (var command in commands)
        {
            page.Append($".TP\n.BR {Escape(command.Line.Replace(' ', '-'))} (1)\n{Line(command.Description)}");
        }

        page.Append(".SH OPTIONS\n.TP\n.B \\-\\-json\nAnswer in JSON with stable fields, one object or one a line.\n.TP\n.B \\-\\-help\nShow how a command is used, with examples.\n");
        page.Append(".SH EXIT STATUS\n");
        string[] endings = ["done", "failed", "usage, or refused", "conflict", "not found", "denied", "offline"];
        for (var code = 0; code < endings.Length; code++)
        {
            page.Append($".TP\n.B {code}\n{endings[code]}\n");
        }

        page.Append(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNot empty: no colour.\n.TP\n.BR WT_PAGER , \" PAGER\"\nThe pager for long answers; cat or empty for none.\n");
        return page.ToString();
    }

    private static string CommandPage(CommandEntry command)
    {
        var page = Head(command.Line.Replace(' ', '-'), command.Description);
        page.Append(".SH SYNOPSIS\n");
        foreach (var entry in Flat(command).Where(entry => entry.Below.Count == 0))
        {
            page.Append($".B {Escape(entry.Usage)}\n.br\n");
        }

        page.Append($".SH DESCRIPTION\n{Line(command.Description + ".")}");
        foreach (var entry in Flat(command))
        {
            if (entry != command)
            {
                page.Append($".SS {Escape(entry.Line)}\n{Line(entry.Description + ".")}");
            }

            foreach (var part in entry.Arguments.Concat(entry.Options))
            {
                page.Append($".TP\n.B {Escape(part.Name)}\n{Line(part.Description + ".")}");
            }
        }

        page.Append(".SH EXAMPLES\n.nf\n");
        foreach (var example in Flat(command).SelectMany(entry => entry.Examples).Distinct())
        {
            page.Append(Line(example));
        }

        return page.Append(".fi\n.SH SEE ALSO\n.BR wt (1)\n").ToString();
    }

    // The date of a page that is generated anew with every build would differ with every build; man allows none.
    private static StringBuilder Head(string name, string description) =>
        new StringBuilder(Generated).Append($".TH {name.ToUpperInvariant()} 1 \"\" \"W0rktree\" \"W0rktree\"\n.SH NAME\n{Escape(name)} \\- {Escape(description)}\n");

    private static IEnumerable<CommandEntry> Flat(CommandEntry command) => command.Below.SelectMany(Flat).Prepend(command);

    // A point or an apostrophe at the beginning would be a request.
    private static string Line(string text) => $"{(text is ['.' or '\'', ..] ? "\\&" : "")}{Escape(text)}\n";

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("'", "\\(aq", StringComparison.Ordinal).Replace("…", "...", StringComparison.Ordinal);
}
