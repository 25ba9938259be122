using System.Collections.Frozen;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access;

/// <summary>Says what each built-in role may do: every role has what the one below has, and more.</summary>
public static class RolePermissions
{
    private static readonly FrozenSet<string> Viewer =
        [Permission.TreeRead, Permission.BranchRead, Permission.SnapshotRead, Permission.SyncPull];

    private static readonly FrozenSet<string> Developer =
    [
        .. Viewer, Permission.TreeWrite, Permission.BranchCreate, Permission.SnapshotCreate, Permission.SyncPush,
        Permission.TagCreate, Permission.MergeRequestCreate,
    ];

    private static readonly FrozenSet<string> Maintainer =
    [
        .. Developer, Permission.TreeAdmin, Permission.BranchDelete, Permission.BranchMerge, Permission.BranchProtect,
        Permission.SnapshotRestore, Permission.TagDelete, Permission.ReleaseCreate, Permission.ReleaseDelete,
        Permission.MergeRequestApprove, Permission.MergeRequestMerge,
    ];

    private static readonly FrozenSet<string> Admin =
    [
        .. Maintainer, Permission.PolicyManage, Permission.TreeCreate, Permission.TreeDelete, Permission.RoleManage,
        Permission.TeamManage, Permission.AccountManage, Permission.TenantAdmin,
    ];

    private static readonly FrozenSet<string> Owner = [.. Permission.All];

    /// <summary>Gets the permissions of a role; none for strangers.</summary>
    public static FrozenSet<string> Of(Role role) => role switch
    {
        Role.Viewer => Viewer,
        Role.Developer => Developer,
        Role.Maintainer => Maintainer,
        Role.Admin => Admin,
        Role.Owner => Owner,
        _ => [],
    };
}
