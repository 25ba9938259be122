using System.CommandLine;

namespace W0rktree.Cli;

/// <summary>A command with an example in its help and an action that ends in an exit code.</summary>
internal sealed class WtCommand : Command
{
    private Func<ParseResult, CancellationToken, Task<int>>? _action;

    /// <summary>Makes a group of commands, or one that <see cref="Run"/> makes work.</summary>
    public WtCommand(string name, string description, params ReadOnlySpan<string> examples)
        : base(name, description) => Examples = [.. examples];

    /// <summary>Gets lines to type, shown below the help.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Gets whether the command answers at once and holds nothing that an interrupt would leave behind.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Gets whether the answer is often longer than a screen, so that a terminal shows it in a pager.</summary>
    public bool IsLong { get; init; }

    /// <summary>Adds an argument or option and gives it back.</summary>
    public Argument<T> Take<T>(Argument<T> argument)
    {
        Add(argument);
        return argument;
    }

    /// <summary>Adds an option and gives it back.</summary>
    public Option<T> Take<T>(Option<T> option)
    {
        Add(option);
        return option;
    }

    /// <summary>Sets what the command does.</summary>
    public WtCommand Run(Func<ParseResult, CancellationToken, Task<int>> action)
    {
        _action = action;
        SetAction(action);
        return this;
    }

    /// <summary>Sets what the command does; it ends with exit code 0 unless it throws.</summary>
    public WtCommand Run(Func<ParseResult, CancellationToken, Task> action)
    {
        return Run(async (parse, cancellationToken) =>
        {
            await action(parse, cancellationToken);
            return ExitCodes.Ok;
        });
    }

    /// <summary>Runs a quick command without the library's watch over interrupts; null where help or an error comes instead.</summary>
    public Func<Task<int>>? Directly(ParseResult parse) =>
        IsQuick && _action is { } action && parse.Errors.Count == 0 && parse.Action == Action ? () => action(parse, CancellationToken.None) : null;

    /// <summary>Adds commands below this one.</summary>
    public WtCommand With(params ReadOnlySpan<Command> commands)
    {
        foreach (var command in commands)
        {
            Add(command);
        }

        return this;
    }
}

/// <summary>Names how <c>wt</c> ends.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Refused = 2;
    public const int Conflict = 3;
    public const int Offline = 6;

    /// <summary>128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;
}
