namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Names every permission of the product; policies, roles and tokens use exactly these words.</summary>
public static class Permission
{
    /// <summary>See the content of a path.</summary>
    public const string TreeRead = "tree:read";

    /// <summary>Change the content of a path.</summary>
    public const string TreeWrite = "tree:write";

    /// <summary>Create a worktree or a tree.</summary>
    public const string TreeCreate = "tree:create";

    /// <summary>Delete a worktree or a tree.</summary>
    public const string TreeDelete = "tree:delete";

    /// <summary>Change the settings of a tree.</summary>
    public const string TreeAdmin = "tree:admin";

    /// <summary>See a branch.</summary>
    public const string BranchRead = "branch:read";

    /// <summary>Create a branch.</summary>
    public const string BranchCreate = "branch:create";

    /// <summary>Delete or restore a branch.</summary>
    public const string BranchDelete = "branch:delete";

    /// <summary>Merge into a branch.</summary>
    public const string BranchMerge = "branch:merge";

    /// <summary>Change the protection of a branch.</summary>
    public const string BranchProtect = "branch:protect";

    /// <summary>Create snapshots, staged ones included.</summary>
    public const string SnapshotCreate = "snapshot:create";

    /// <summary>See snapshots.</summary>
    public const string SnapshotRead = "snapshot:read";

    /// <summary>Bring back an old snapshot.</summary>
    public const string SnapshotRestore = "snapshot:restore";

    /// <summary>Send work to the server.</summary>
    public const string SyncPush = "sync:push";

    /// <summary>Fetch work from the server.</summary>
    public const string SyncPull = "sync:pull";

    /// <summary>Create a tag.</summary>
    public const string TagCreate = "tag:create";

    /// <summary>Delete a tag.</summary>
    public const string TagDelete = "tag:delete";

    /// <summary>Create a release.</summary>
    public const string ReleaseCreate = "release:create";

    /// <summary>Delete a release.</summary>
    public const string ReleaseDelete = "release:delete";

    /// <summary>Open a merge request.</summary>
    public const string MergeRequestCreate = "merge_request:create";

    /// <summary>Approve a merge request.</summary>
    public const string MergeRequestApprove = "merge_request:approve";

    /// <summary>Merge a merge request.</summary>
    public const string MergeRequestMerge = "merge_request:merge";

    /// <summary>Change access policies.</summary>
    public const string PolicyManage = "policy:manage";

    /// <summary>Change roles.</summary>
    public const string RoleManage = "role:manage";

    /// <summary>Change teams.</summary>
    public const string TeamManage = "team:manage";

    /// <summary>Change who is a member.</summary>
    public const string AccountManage = "account:manage";

    /// <summary>Change the tenant itself.</summary>
    public const string TenantAdmin = "tenant:admin";

    /// <summary>Gets every permission.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        TreeRead, TreeWrite, TreeCreate, TreeDelete, TreeAdmin,
        BranchRead, BranchCreate, BranchDelete, BranchMerge, BranchProtect,
        SnapshotCreate, SnapshotRead, SnapshotRestore, SyncPush, SyncPull,
        TagCreate, TagDelete, ReleaseCreate, ReleaseDelete,
        MergeRequestCreate, MergeRequestApprove, MergeRequestMerge,
        PolicyManage, RoleManage, TeamManage, AccountManage, TenantAdmin,
    };
}
