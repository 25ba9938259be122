namespace W0rktree.Protocol.Ipc;

/// <summary>Names the error codes that clients branch on, and the exit code of <c>wt</c> for each. Other codes mean exit 1.</summary>
public static class ErrorCodes
{
    public const string InvalidArgument = "invalid_argument";
    public const string NotAWorktree = "not_a_worktree";
    public const string AlreadyInitialised = "already_initialised";
    public const string ForeignOwner = "foreign_owner";
    public const string UnknownBranch = "unknown_branch";
    public const string UnknownRevision = "unknown_revision";
    public const string UnknownPath = "unknown_path";
    public const string OutsideTree = "outside_tree";
    public const string BranchExists = "branch_exists";
    public const string Conflicted = "conflicted";
    public const string StaleBase = "stale_base";
    public const string NotFound = "not_found";
    public const string Denied = "denied";
    public const string SignedOut = "signed_out";
    public const string TokenRevoked = "token_revoked";
    public const string Offline = "offline";
    public const string NoServer = "no_server";
    public const string BrokenConfiguration = "broken_configuration";
    public const string Cancelled = "cancelled";
    public const string TimedOut = "timed_out";
    public const string TooLarge = "too_large";
    public const string ProtocolMismatch = "protocol_mismatch";
    public const string Internal = "internal";

    /// <summary>Gives the exit code of <c>wt</c>: 2 usage or refused, 3 conflict, 4 not found, 5 denied, 6 offline, else 1.</summary>
    public static int ExitCode(string code) => code switch
    {
        InvalidArgument or AlreadyInitialised or ForeignOwner or OutsideTree or BranchExists or ProtocolMismatch
            or "invalid_branch_name" or "invalid_path" or "invalid_name" or BrokenConfiguration or "refused"
            or "not_undoable" or "nothing_to_undo" or "unsaved_changes"
            or "no_such_answer" or "still_marked" or "no_merge_tool" or "held_back"
            or "unknown_key" or "untrusted_key" or "not_editable"
            or "quota_exceeded" or "registration_closed" or "invitation_void" or "not_a_member" or "not_empty" => 2,
        Conflicted or StaleBase => 3,
        NotAWorktree or UnknownBranch or UnknownRevision or UnknownPath or "unknown_entry" or "pruned_entry" or NotFound => 4,
        Denied or SignedOut or TokenRevoked => 5,
        Offline or NoServer => 6,
        _ => 1,
    };
}
