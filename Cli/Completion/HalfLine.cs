using System.CommandLine;

namespace W0rktree.Cli.Completion;

/// <summary>Understands a command line that is still being typed: which command it has come to, and what its last word may become.</summary>
/// <param name="Command">The command that the finished words name.</param>
/// <param name="Partial">What is typed of the last word; empty for a new one.</param>
/// <param name="AtCommand">Whether the last word may name a command below.</param>
/// <param name="Expected">The argument or the option that takes the last word; null where only commands and options can follow.</param>
internal sealed record HalfLine(Command Command, string Partial, Symbol? Expected, bool AtCommand)
{
    /// <summary>Reads the words after <c>wt</c>; the last is the one under the cursor.</summary>
    public static HalfLine Read(RootCommand root, IReadOnlyList<string> words)
    {
        Command command = root;
        Option? waiting = null;
        var given = 0;
        var onlyArguments = false;
        foreach (var word in words.SkipLast(1))
        {
            if (waiting is not null)
            {
                waiting = null;
            }
            else if (!onlyArguments && word == "--")
            {
                onlyArguments = true;
            }
            else if (!onlyArguments && word.StartsWith('-'))
            {
                waiting = TakesValue(Find(command, word));
            }
            else if (given == 0 && command.Subcommands.FirstOrDefault(c => c.Name == word) is { } below)
            {
                command = below;
            }
            else
            {
                given++;
            }
        }

        var partial = words.Count == 0 ? "" : words[^1];
        return new HalfLine(command, partial, waiting ?? (Symbol?)(onlyArguments || !partial.StartsWith('-') ? Positional(command, given) : null), waiting is null && given == 0 && !onlyArguments);
    }

    /// <summary>Gives the options that the command accepts, those of the commands above included.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        for (Symbol? at = command; at is Command above; at = above.Parents.FirstOrDefault())
        {
            foreach (var option in above.Options.Where(option => !option.Hidden && (above == command || option.Recursive)))
            {
                yield return option;
            }
        }
    }

    private static Option? Find(Command command, string word) => OptionsOf(command).FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));

    private static Option? TakesValue(Option? option) => option is { Arity.MaximumNumberOfValues: > 0 } && option.ValueType != typeof(bool) ? option : null;

    // The last argument may take any number.
    private static Argument? Positional(Command command, int given)
    {
        var at = 0;
        foreach (var argument in command.Arguments)
        {
            at += argument.Arity.MaximumNumberOfValues;
            if (given < at)
            {
                return argument;
            }
        }

        return null;
    }
}
