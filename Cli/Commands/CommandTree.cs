using System.CommandLine;

namespace W0rktree.Cli.Commands;

/// <summary>Puts the commands together in the order in which help lists them.</summary>
public static class CommandTree
{
    /// <summary>Builds the root command.</summary>
    public static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand("W0rktree, version control that keeps every state of your work and shows the team who works on what.")
        {
            CommandContext.JsonOption,
            InitCommand.Create(context),
            CloneCommand.Create(context),
            StatusCommand.Create(context),
            SnapshotCommand.Create(context),
            LogCommand.Create(context),
            ShowCommand.Create(context),
            DiffCommand.Create(context),
            RestoreCommand.Create(context),
            UndoCommand.Create(context),
            BranchCommand.Create(context),
            CopyCommand.Create(context),
            MergeCommand.Create(context),
            ResolveCommand.Create(context),
            CarryCommands.CreateRevert(context),
            CarryCommands.CreateCherry(context),
            PushCommand.Create(context),
            PullCommand.Create(context),
            SyncCommand.Create(context),
            StagedCommand.Create(context),
            ReflogCommand.Create(context),
            GitCommand.Create(context),
            IgnoreCommand.Create(context),
            LoginCommand.Create(context),
            LogoutCommand.Create(context),
            TokenCommand.Create(context),
            TenantCommand.Create(context),
            WhoAmICommand.Create(context),
            WorkerCommand.Create(context),
            GcCommand.Create(context),
            DoctorCommand.Create(context),
            ServerCommand.Create(),
            DemoCommand.Create(context),
            DebugCommand.Create(context),
        };
        HelpWithExamples.Install(root);
        return root;
    }
}
