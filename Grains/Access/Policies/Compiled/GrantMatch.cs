namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Says whether a grant to another tenant fits a question.</summary>
internal static class GrantMatch
{
    /// <summary>Tells whether the grant allows it, at this moment.</summary>
    public static bool Allows(CrossTenantGrant grant, in AccessFacts facts)
    {
        var (principal, resource) = (facts.Question.Principal, facts.Question.Resource);
        return grant.Tenant.Length > 0 && grant.Tenant == principal.Tenant && grant.Tenant != resource.Tenant
            && (grant.Expires is not { } end || facts.Question.Environment.Time < end)
            && (grant.Trees is not { } trees || trees.Contains(resource.Tree))
            && (grant.Paths is not { } paths || !facts.IsPathPermission || (resource.Path is { } path && paths.Any(p => PolicyPath.Covers(p, path))))
            && Of(grant.Level).Contains(facts.PermissionNumber);
    }

    /// <summary>Tells people of a grant.</summary>
    public static string TextOf(CrossTenantGrant grant) => $"the grant of level '{grant.Level}' to tenant '{grant.Tenant}'";

    private static PermissionSet Of(string level) => level switch
    {
        "read" => BuiltInRoles.Viewer,
        "write" => BuiltInRoles.WriteGrant,
        "admin" => BuiltInRoles.Maintainer,
        _ => default,
    };
}
