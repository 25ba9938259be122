namespace W0rktree.Protocol.Ipc;

/// <summary>Names the agent's methods. Each has parameters and a result of the same name in this folder.</summary>
public static class Methods
{
    /// <summary>The version that both sides speak; <see cref="Hello"/> refuses another.</summary>
    public const int ProtocolVersion = 1;

    public const string Hello = "hello";

    public const string WorkerStatus = "worker.status";
    public const string WorkerStop = "worker.stop";

    public const string WorktreeInit = "worktree.init";
    public const string WorktreeClone = "worktree.clone";

    public const string Status = "status";
    public const string SnapshotCreate = "snapshot.create";
    public const string Log = "log";
    public const string Show = "show";
    public const string Diff = "diff";
    public const string Blame = "blame";
    public const string Bisect = "bisect";
    public const string Archive = "archive";
    public const string Restore = "restore";
    public const string Undo = "undo";

    public const string BranchList = "branch.list";
    public const string BranchCreate = "branch.create";
    public const string BranchSwitch = "branch.switch";
    public const string BranchDelete = "branch.delete";
    public const string BranchRestore = "branch.restore";
    public const string CopyAdd = "copy.add";
    public const string CopyList = "copy.list";
    public const string CopyRemove = "copy.remove";
    public const string Merge = "merge";
    public const string Resolve = "resolve";
    public const string ResolveVersions = "resolve.versions";
    public const string Revert = "revert";
    public const string Cherry = "cherry";
    public const string DebugMerge = "debug.merge";

    public const string Push = "push";
    public const string Pull = "pull";
    public const string SyncNow = "sync.now";
    public const string SyncPause = "sync.pause";
    public const string SyncResume = "sync.resume";
    public const string SyncStatus = "sync.status";
    public const string SyncAllow = "sync.allow";

    public const string StagedList = "staged.list";
    public const string StagedClear = "staged.clear";
    public const string EventsSubscribe = "events.subscribe";

    public const string AuthLogin = "auth.login";
    public const string AuthLogout = "auth.logout";
    public const string AuthWhoAmI = "auth.whoami";
    public const string TokenCreate = "token.create";
    public const string TokenList = "token.list";
    public const string TokenRevoke = "token.revoke";
    public const string AuditRead = "audit.read";
    public const string TenantCreate = "tenant.create";
    public const string TenantMembers = "tenant.members";
    public const string TenantSetMember = "tenant.set_member";
    public const string TenantRemoveMember = "tenant.remove_member";

    public const string GitImport = "git.import";
    public const string GitExport = "git.export";
    public const string GitMirror = "git.mirror";
    public const string GitClone = "git.clone";
    public const string GitIds = "git.ids";

    public const string ReflogList = "reflog.list";
    public const string IgnoreCheck = "ignore.check";
    public const string IgnoreAdd = "ignore.add";
    public const string ConfigShow = "config.show";
    public const string ConfigSet = "config.set";
    public const string Gc = "gc";
    public const string Doctor = "doctor";
    public const string DebugVerify = "debug.verify";
    public const string DebugHistory = "debug.history";
}
