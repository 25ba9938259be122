using System.CommandLine;

namespace W0rktree.Cli.Commands;

/// <summary>Puts the commands together in the order in which help lists them.</summary>
public static class CommandTree
{
    private static readonly Branch[] Branches =
    [
        new("init", InitCommand.Create),
        new("clone", CloneCommand.Create),
        new("status", StatusCommand.Create),
        new("snapshot", SnapshotCommand.Create),
        new("log", LogCommand.Create),
        new("show", ShowCommand.Create),
        new("diff", DiffCommand.Create),
        new("blame", BlameCommand.Create),
        new("bisect", BisectCommand.Create),
        new("archive", ArchiveCommand.Create),
        new("restore", RestoreCommand.Create),
        new("undo", UndoCommand.Create),
        new("branch", BranchCommand.Create),
        new("copy", CopyCommand.Create),
        new("merge", MergeCommand.Create),
        new("resolve", ResolveCommand.Create),
        new("revert", CarryCommands.CreateRevert),
        new("cherry", CarryCommands.CreateCherry),
        new("push", PushCommand.Create),
        new("pull", PullCommand.Create),
        new("sync", SyncCommand.Create),
        new("staged", StagedCommand.Create),
        new("reflog", ReflogCommand.Create),
        new("git", GitCommand.Create),
        new("ignore", IgnoreCommand.Create),
        new("config", ConfigCommand.Create),
        new("login", LoginCommand.Create),
        new("logout", LogoutCommand.Create),
        new("token", TokenCommand.Create),
        new("tenant", TenantCommand.Create),
        new("audit", AuditCommand.Create),
        new("team", TeamCommand.Create),
        new("access", AccessCommand.Create),
        new("whoami", WhoAmICommand.Create),
        new("worker", WorkerCommand.Create),
        new("doctor", DoctorCommand.Create),
        new("gc", GcCommand.Create),
        new("server", _ => ServerCommand.Create()),
        new("completion", CompletionCommand.Create),
        new("demo", DemoCommand.Create),
        new("debug", DebugCommand.Create),
    ];

    /// <summary>Builds the root command with every command below it.</summary>
    public static RootCommand Build(CommandContext context) => Build(context, Branches);

    /// <summary>Builds what a command line needs: where it begins with a command, that one alone; else, for help and slips, all.</summary>
    public static RootCommand BuildFor(CommandContext context, IReadOnlyList<string> arguments) =>
        Build(context, arguments is [var first, ..] && Array.Find(Branches, branch => branch.Name == first) is { } branch ? [branch] : Branches);

    private static RootCommand Build(CommandContext context, ReadOnlySpan<Branch> branches)
    {
        var root = new RootCommand("W0rktree, version control that keeps every state of your work and shows the team who works on what.") { CommandContext.JsonOption };
        foreach (var branch in branches)
        {
            root.Add(branch.Create(context));
        }

        HelpWithExamples.Install(root);
        return root;
    }

    /// <summary>One command with all below it; made only when it is needed, because most lines need one of thirty.</summary>
    private sealed record Branch(string Name, Func<CommandContext, Command> Create);
}
