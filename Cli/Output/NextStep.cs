using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Knows the next command to type after each kind of failure, for those that come without a better hint of their own.</summary>
internal static class NextStep
{
    private static readonly Dictionary<string, string> ByCode = new(StringComparer.Ordinal)
    {
        [ErrorCodes.InvalidArgument] = "Add --help to see how the command is used.",
        [ErrorCodes.NotAWorktree] = "'wt init' puts this directory under version control; 'wt clone URL' fetches one.",
        [ErrorCodes.AlreadyInitialised] = "'wt status' shows it.",
        [ErrorCodes.ForeignOwner] = "Work as the user who owns the directory, or 'wt clone' a copy of your own.",
        [ErrorCodes.UnknownBranch] = "'wt branch list' lists the branches.",
        [ErrorCodes.UnknownRevision] = "'wt log' lists snapshots, 'wt branch list' the branches.",
        [ErrorCodes.UnknownPath] = "'wt show' lists what a snapshot changed, 'wt status' what is changed now.",
        [ErrorCodes.OutsideTree] = "Give a path inside of the worktree; 'wt status' says where it is.",
        [ErrorCodes.BranchExists] = "'wt branch switch NAME' goes there.",
        [ErrorCodes.Conflicted] = "'wt status' lists the conflicts; edit the files, then 'wt snapshot'.",
        [ErrorCodes.StaleBase] = "'wt pull', then push again.",
        [ErrorCodes.NotFound] = "'wt whoami --account' shows as whom you are signed in; what you may not see looks like what does not exist.",
        [ErrorCodes.Denied] = "'wt whoami --account' shows your roles; an admin of the worktree can change them.",
        [ErrorCodes.SignedOut] = "'wt login' signs in.",
        [ErrorCodes.TokenRevoked] = "'wt login' signs in again.",
        [ErrorCodes.Offline] = "Work goes on without the server; 'wt sync status' says when the next try is.",
        [ErrorCodes.NoServer] = "'wt login URL' names a server.",
        [ErrorCodes.BrokenConfiguration] = "'wt status' names file, line and column.",
        [ErrorCodes.Cancelled] = "Run the command again.",
        [ErrorCodes.TimedOut] = "'wt worker status' shows what the agent is doing.",
        [ErrorCodes.TooLarge] = "Ask for less at once, with paths or a limit.",
        [ErrorCodes.ProtocolMismatch] = "'wt worker restart' starts the agent of this version.",
        [ErrorCodes.Internal] = "'wt worker logs' has the particulars.",
    };

    /// <summary>Gives the error with a hint: its own where it has one.</summary>
    public static ErrorInfo With(ErrorInfo error) => error.Hint is null ? error with { Hint = ByCode.GetValueOrDefault(error.Code, ByCode[ErrorCodes.Internal]) } : error;
}
