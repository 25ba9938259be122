using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Gives the permissions of the built-in roles by the names that policy files use.</summary>
internal static class BuiltInRoles
{
    /// <summary>What everybody may do who may only read; a suspended account keeps this.</summary>
    public static readonly PermissionSet Viewer = PermissionSet.Of(RolePermissions.Of(Role.Viewer));

    /// <summary>What a grant of level write gives: names in the owner's tree stay the owner's.</summary>
    public static readonly PermissionSet WriteGrant = PermissionSet.Of(RolePermissions.Of(Role.Developer)).Except(PermissionSet.Of([Permission.TagCreate]));

    /// <summary>What a grant of level admin gives.</summary>
    public static readonly PermissionSet Maintainer = PermissionSet.Of(RolePermissions.Of(Role.Maintainer));

    /// <summary>What an owner keeps whatever a policy says, so that nobody can lock everybody out.</summary>
    public static readonly PermissionSet KeptByOwners = PermissionSet.Of([Permission.PolicyManage, Permission.RoleManage, Permission.TenantAdmin]);

    private static readonly Role[] All = [Role.Viewer, Role.Developer, Role.Maintainer, Role.Admin, Role.Owner];

    /// <summary>Gives the roles by name.</summary>
    public static IEnumerable<KeyValuePair<string, PermissionSet>> ByName =>
        All.Select(role => KeyValuePair.Create(NameOf(role), PermissionSet.Of(RolePermissions.Of(role))));

    /// <summary>Tells whether a name is a built-in role's in any case: a custom "Owner" would be read as the built-in one.</summary>
    public static bool IsBuiltIn(string name) => All.Any(role => NameOf(role).Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Gives the name that policy files use.</summary>
    public static string NameOf(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Developer => "developer",
        Role.Maintainer => "maintainer",
        Role.Admin => "admin",
        Role.Owner => "owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role of a member."),
    };
}
