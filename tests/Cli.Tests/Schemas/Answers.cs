using System.Text.Json.Serialization.Metadata;
using W0rktree.Cli.Commands;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests.Schemas;

/// <summary>Says what each line of a command's answer is with <c>--json</c>: one of these types.</summary>
internal static class Answers
{
    private static readonly IpcJson Ipc = IpcJson.Default;
    private static readonly Server.ServerJson Rest = Server.ServerJson.Default;

    /// <summary>Gets the commands whose answer is somebody else's, or no data.</summary>
    public static IReadOnlySet<string> WithoutData { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "server", // Another program's answer.
        "demo", // A play for people.
        "completion", // A script.
    };

    public static IReadOnlyDictionary<string, JsonTypeInfo[]> Types { get; } = new Dictionary<string, JsonTypeInfo[]>(StringComparer.Ordinal)
    {
        ["init"] = [Ipc.WorktreeInitResult],
        ["clone"] = [Ipc.WorktreeCloneResult, Ipc.GitCloneResult],
        ["status"] = [Ipc.StatusResult, Ipc.StagedListResult],
        ["snapshot"] = [Ipc.SnapshotCreateResult],
        ["log"] = [Ipc.SnapshotInfo, Ipc.FileDiffEvent],
        ["show"] = [Ipc.ShowResult, Ipc.ContentEvent, Ipc.FileDiffEvent],
        ["diff"] = [Ipc.FileDiffEvent, Ipc.DiffResult],
        ["blame"] = [Ipc.BlameEvent, Ipc.BlameResult],
        ["bisect start"] = [Ipc.BisectResult],
        ["bisect good"] = [Ipc.BisectResult],
        ["bisect bad"] = [Ipc.BisectResult],
        ["bisect skip"] = [Ipc.BisectResult],
        ["bisect run"] = [Ipc.BisectResult],
        ["bisect status"] = [Ipc.BisectResult],
        ["bisect reset"] = [Ipc.BisectResult],
        ["archive"] = [Ipc.ArchiveResult],
        ["restore"] = [Ipc.RestoreResult],
        ["undo"] = [Ipc.UndoResult],
        ["branch list"] = [Ipc.BranchListResult],
        ["branch create"] = [Ipc.BranchResult],
        ["branch switch"] = [Ipc.BranchResult],
        ["branch delete"] = [Ipc.BranchResult],
        ["branch restore"] = [Ipc.BranchResult],
        ["copy add"] = [Ipc.CopyAddResult],
        ["copy list"] = [Ipc.CopyListResult],
        ["copy remove"] = [Ipc.CopyRemoveResult],
        ["merge"] = [Ipc.MergeResult],
        ["resolve"] = [Ipc.ResolveResult],
        ["revert"] = [Ipc.MergeResult],
        ["cherry"] = [Ipc.MergeResult],
        ["push"] = [Ipc.PushResult],
        ["pull"] = [Ipc.MergeResult],
        ["sync now"] = [Ipc.SyncInfo],
        ["sync pause"] = [Ipc.SyncInfo],
        ["sync resume"] = [Ipc.SyncInfo],
        ["sync status"] = [Ipc.SyncInfo],
        ["staged list"] = [Ipc.StagedListResult],
        ["staged clear"] = [Ipc.StagedClearResult],
        ["staged watch"] = [Ipc.AgentEvent],
        ["reflog"] = [Ipc.ReflogEntryInfo, Ipc.ReflogCheckpoint],
        ["git import"] = [Ipc.GitResult, Ipc.GitCloneResult],
        ["git export"] = [Ipc.GitResult],
        ["git mirror"] = [Ipc.GitResult],
        ["ignore check"] = [Ipc.IgnoreCheckResult],
        ["ignore add"] = [Ipc.IgnoreAddResult],
        ["config get"] = [Ipc.ConfigEntryInfo],
        ["config set"] = [Ipc.ConfigSetResult],
        ["config unset"] = [Ipc.ConfigSetResult],
        ["config show"] = [Ipc.ConfigShowResult],
        ["sync allow"] = [Ipc.SyncAllowResult],
        ["login"] = [Ipc.AccountInfo],
        ["logout"] = [Ipc.Nothing],
        ["token create"] = [Ipc.TokenCreateResult],
        ["token list"] = [Ipc.TokenListResult],
        ["token revoke"] = [Ipc.Nothing],
        ["audit log"] = [Ipc.AuditRecordInfo],
        ["audit verify"] = [Ipc.AuditVerifyResult],
        ["audit export"] = [Ipc.AuditRecordInfo],
        ["tenant create"] = [Ipc.TenantCreateResult],
        ["tenant members"] = [Ipc.TenantMembersResult],
        ["tenant add"] = [Ipc.Nothing],
        ["tenant remove"] = [Ipc.Nothing],
        ["tenant show"] = [Rest.TenantInfo],
        ["tenant rename"] = [Rest.TenantInfo],
        ["tenant status"] = [Rest.TenantInfo],
        ["tenant invite"] = [Rest.InvitedAnswer],
        ["tenant invitations"] = [Rest.InvitationListAnswer],
        ["tenant uninvite"] = [Ipc.Nothing],
        ["tenant join"] = [Rest.TenantInfo],
        ["tenant service create"] = [Rest.MemberInfo],
        ["tenant service token"] = [Ipc.TokenCreateResult],
        ["tenant service tokens"] = [Ipc.TokenListResult],
        ["tenant service revoke"] = [Ipc.Nothing],
        ["team list"] = [Rest.TeamListAnswer],
        ["team create"] = [Rest.TeamInfo],
        ["team delete"] = [Ipc.Nothing],
        ["team add"] = [Rest.TeamInfo],
        ["team remove"] = [Rest.TeamInfo],
        ["access list"] = [Rest.AccessListAnswer],
        ["access test"] = [Rest.AccessTestAnswer],
        ["access grants"] = [Rest.GrantListAnswer],
        ["access grant"] = [Rest.GrantEntry],
        ["access revoke"] = [Ipc.Nothing],
        ["access visibility"] = [Rest.WorktreeInfo],
        ["tenant attribute"] = [Rest.MemberInfo],
        ["tenant quota"] = [Rest.QuotaInfo],
        ["access explain"] = [Rest.AccessExplanationAnswer],
        ["whoami"] = [WhoAmIJson.Default.WhoAmIAnswer, Ipc.AccountInfo],
        ["worker start"] = [Ipc.WorkerStatusResult],
        ["worker stop"] = [Ipc.Nothing],
        ["worker restart"] = [Ipc.WorkerStatusResult],
        ["worker status"] = [Ipc.WorkerStatusResult],
        ["worker logs"] = [ServiceJson.Default.LogLine],
        ["worker install"] = [ServiceJson.Default.ServiceAnswer],
        ["worker uninstall"] = [ServiceJson.Default.ServiceAnswer],
        ["doctor"] = [Ipc.VerifyResult],
        ["gc"] = [Ipc.GcResult],
    };
}
