using System.CommandLine;

namespace W0rktree.Cli.Completion;

/// <summary>Says what an argument or an option's value is, as far as completion can offer something for it.</summary>
internal enum CompletionKind
{
    /// <summary>Anything: a message, a number, a name that is only being made up.</summary>
    Free,

    /// <summary>A branch, of this copy or the server's.</summary>
    Branch,

    /// <summary>A file or folder; the shell knows best how to complete and quote those.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>One of a few words.</summary>
    Word,
}

/// <summary>Finds the kind of a symbol by its name and by the command it belongs to.</summary>
internal static class CompletionKinds
{
    private static readonly Dictionary<string, CompletionKind> ByName = new(StringComparer.Ordinal)
    {
        ["path"] = CompletionKind.File,
        ["paths"] = CompletionKind.File,
        ["file"] = CompletionKind.File,
        ["dir"] = CompletionKind.Folder,
        ["directory"] = CompletionKind.Folder,
        ["folder"] = CompletionKind.Folder,
        ["shell"] = CompletionKind.Word,
        ["branch"] = CompletionKind.Branch,
        ["revision"] = CompletionKind.Branch,
        ["revisions"] = CompletionKind.Branch,
        ["bad"] = CompletionKind.Branch,
        ["good"] = CompletionKind.Branch,
        ["--branch"] = CompletionKind.Branch,
        ["--ignore"] = CompletionKind.Branch,
        ["--output"] = CompletionKind.File,
        ["--from"] = CompletionKind.Branch,
    };

    public static CompletionKind Of(Command command, Symbol symbol) => (command.Parents.FirstOrDefault()?.Name, command.Name, symbol.Name) switch
    {
        ("branch", not "create", "name") => CompletionKind.Branch,
        (_, "diff", "--to") => CompletionKind.Branch,
        (_, "undo", _) => CompletionKind.Free,
        _ => ByName.GetValueOrDefault(symbol.Name),
    };
}
