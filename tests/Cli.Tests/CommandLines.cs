using System.CommandLine;
using W0rktree.Cli.Commands;
using W0rktree.Cli.Output;

namespace W0rktree.Cli.Tests;

/// <summary>One command of the tree with the words that lead to it.</summary>
internal sealed record CommandWords(string Line, Command Command);

/// <summary>Walks the tree of commands.</summary>
internal static class CommandLines
{
    public static IReadOnlyList<CommandWords> All()
    {
        var terminal = new Terminal { Output = TextWriter.Null, Error = TextWriter.Null, RawOutput = Stream.Null };
        var root = CommandTree.Build(new CommandContext(terminal, new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System, "/"));
        return [.. root.Subcommands.SelectMany(command => Below("", command))];
    }

    public static IEnumerable<CommandWords> Leaves() => All().Where(words => words.Command.Subcommands.Count == 0);

    private static IEnumerable<CommandWords> Below(string above, Command command)
    {
        var line = $"{above} {command.Name}".Trim();
        return command.Subcommands.SelectMany(c => Below(line, c)).Prepend(new CommandWords(line, command));
    }
}
