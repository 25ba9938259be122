using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Access;

/// <summary>Decides what a principal may do to a resource of a tenant. Pure: facts in, decision out.</summary>
/// <remarks>
/// What counts today is the owning tenant's membership role and status. Policies, teams, ceilings and grants join here, so
/// every caller already passes permission, branch and path.
/// </remarks>
public static class AccessRules
{
    /// <summary>Decides one request.</summary>
    public static AccessDecision Decide(AccessRequest request)
    {
        var (role, status) = (request.Standing.Role, request.Standing.Status);
        if (role == Role.None)
        {
            return AccessDecision.Hide("the account is not a member of the owning tenant");
        }

        if (status == TenantStatus.Deactivated)
        {
            return AccessDecision.Deny("the owning tenant is deactivated");
        }

        if (status == TenantStatus.Suspended && !RolePermissions.Of(Role.Viewer).Contains(request.Permission))
        {
            return AccessDecision.Deny("the owning tenant is suspended and may only be read");
        }

        return RolePermissions.Of(role).Contains(request.Permission)
            ? AccessDecision.Allow($"the membership role {role} has {request.Permission}")
            : AccessDecision.Deny($"the membership role {role} does not have {request.Permission}");
    }

    /// <summary>Lists everything that a standing allows, sorted.</summary>
    public static ImmutableArray<string> PermissionsOf(Standing standing) =>
        [.. Permission.All.Where(p => Decide(new(standing, p)).IsAllowed).Order(StringComparer.Ordinal)];
}

/// <summary>Asks whether a principal with a standing may do something.</summary>
/// <param name="Standing">What the principal is to the owning tenant.</param>
/// <param name="Permission">What is to be done.</param>
public sealed record AccessRequest(Standing Standing, string Permission);

/// <summary>Answers an access request, with the rules that led to it.</summary>
public abstract record AccessDecision
{
    private AccessDecision(ImmutableArray<string> because) => Because = because;

    /// <summary>Gets what led to the decision, for the audit and for explaining.</summary>
    public ImmutableArray<string> Because { get; }

    /// <summary>Gets whether it may be done.</summary>
    public bool IsAllowed => this is Allowed;

    /// <summary>Allows.</summary>
    public static AccessDecision Allow(string because) => new Allowed([because]);

    /// <summary>Denies to somebody who may know of the thing.</summary>
    public static AccessDecision Deny(string because) => new Denied([because]);

    /// <summary>Denies to somebody who may not know of the thing.</summary>
    public static AccessDecision Hide(string because) => new Hidden([because]);

    /// <summary>It may be done.</summary>
    public sealed record Allowed : AccessDecision
    {
        internal Allowed(ImmutableArray<string> because)
            : base(because)
        {
        }
    }

    /// <summary>It may not be done, and the caller is told so.</summary>
    public sealed record Denied : AccessDecision
    {
        internal Denied(ImmutableArray<string> because)
            : base(because)
        {
        }
    }

    /// <summary>It may not be done, and the caller is told what is told of things that do not exist.</summary>
    public sealed record Hidden : AccessDecision
    {
        internal Hidden(ImmutableArray<string> because)
            : base(because)
        {
        }
    }
}
