using System.CommandLine;
using W0rktree.Cli.Completion;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli;

/// <summary>Says what is wrong with a command line, what was probably meant, and where the help is.</summary>
internal static class UsageErrors
{
    public static void Render(ParseResult parse, Reporter report)
    {
        var command = CommandLineOf(parse.CommandResult.Command, parse);
        var unknown = parse.UnmatchedTokens is [var first, ..] ? first : null;
        var meant = unknown is ['-', ..]
            ? HalfLine.OptionsOf(parse.CommandResult.Command).Select(option => option.Name)
            : parse.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var suggestion = unknown is null ? null : Nearest(unknown, meant);
        var message = unknown is not null && parse.CommandResult.Command.Subcommands.Count > 0
            ? $"'{unknown}' is not a command of '{command}'."
            : string.Join(' ', parse.Errors.Select(error => error.Message));
        report.Fail(new ErrorInfo(ErrorCodes.InvalidArgument, message, suggestion is null ? $"'{command} --help' shows how it is used." : $"Did you mean '{command} {suggestion}'?"));
    }

    private static string CommandLineOf(Command command, ParseResult parse)
    {
        var names = new List<string>();
        for (var result = parse.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command is RootCommand ? "wt" : result.Command.Name);
        }

        return names.Count == 0 ? command.Name : string.Join(' ', names);
    }

    /// <summary>Gives the name at the smallest edit distance, if it is near enough to be a slip of the fingers.</summary>
    internal static string? Nearest(string typed, IEnumerable<string> names)
    {
        var best = names.Select(name => (name, distance: Distance(typed, name))).OrderBy(pair => pair.distance).FirstOrDefault();
        return best.name is not null && best.distance <= Math.Max(1, best.name.Length / 3) ? best.name : null;
    }

    /// <summary>The Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, substitutions, neighbours swapped.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
