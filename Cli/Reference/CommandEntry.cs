using System.CommandLine;

namespace W0rktree.Cli.Reference;

/// <summary>One command as its pages describe it.</summary>
/// <param name="Line">The words that lead to it, <c>wt</c> included.</param>
internal sealed record CommandEntry(string Line, string Description, string Usage, IReadOnlyList<PartEntry> Arguments, IReadOnlyList<PartEntry> Options, IReadOnlyList<string> Examples, IReadOnlyList<CommandEntry> Below)
{
    /// <summary>Describes the commands below the root that are not hidden.</summary>
    public static IReadOnlyList<CommandEntry> Of(RootCommand root) => Children("wt", root);

    private static CommandEntry Of(string line, Command command)
    {
        // --help and --json are everywhere; they are described once.
        var options = command.Options.Where(option => !option.Hidden).Select(Describe).ToList();
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        var below = Children(line, command);
        var usage = $"{line}{(below.Count > 0 ? " COMMAND" : "")}{string.Concat(arguments.Select(argument => " " + Place(argument)))}{(options.Count > 0 ? " [OPTIONS]" : "")}";
        return new CommandEntry(
            line, command.Description ?? "", usage, [.. arguments.Select(argument => new PartEntry(argument.Name.ToUpperInvariant(), argument.Description ?? ""))],
            options, (command as WtCommand)?.Examples ?? [], below);
    }

    private static IReadOnlyList<CommandEntry> Children(string line, Command command) =>
        [.. command.Subcommands.Where(below => !below.Hidden).Select(below => Of($"{line} {below.Name}", below))];

    private static string Place(Argument argument)
    {
        var name = argument.Name.ToUpperInvariant() + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static PartEntry Describe(Option option)
    {
        var names = string.Join(", ", option.Aliases.OrderBy(alias => alias.Length).Append(option.Name));
        return new PartEntry(option.ValueType == typeof(bool) ? names : $"{names} {option.Name.TrimStart('-').ToUpperInvariant()}", option.Description ?? "");
    }
}

/// <summary>An argument or option with what it means.</summary>
internal sealed record PartEntry(string Name, string Description);
