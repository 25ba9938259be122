using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Access;

/// <summary>Decides what a principal may do to a tenant itself, where no worktree's policies are in force. Pure.</summary>
public static class AccessRules
{
    /// <summary>Decides one request.</summary>
    public static AccessDecision Decide(AccessRequest request)
    {
        var standing = request.Standing;
        if (standing.Role == Role.None)
        {
            return AccessDecision.Hide("the account is not a member of the owning tenant");
        }

        var verdict = PolicyDecision.Decide(CompiledPolicies.Empty, new AccessQuestion(
            PrincipalOf(standing), request.Permission, ResourceOf(standing), new AccessEnvironment(null, null)));
        return verdict.IsAllowed ? AccessDecision.Allow(verdict.Because) : AccessDecision.Deny(verdict.Because);
    }

    /// <summary>Lists everything that a standing allows, sorted.</summary>
    public static ImmutableArray<string> PermissionsOf(Standing standing) =>
        [.. Permission.All.Where(p => Decide(new(standing, p)).IsAllowed).Order(StringComparer.Ordinal)];

    /// <summary>Describes a member of a tenant as a principal of it.</summary>
    internal static Principal PrincipalOf(Standing member) => new()
    {
        Account = member.Slug.Length > 0 ? member.Slug : "?",
        Tenant = TenantOf(member),
        Teams = member.Teams,
        Roles = [BuiltInRoles.NameOf(member.Role)],
        Attributes = member.Attributes.ToImmutableDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
        TenantPlan = member.Plan.Length > 0 ? member.Plan : null,
        TenantType = member.Kind == TenantKind.Organization ? "organization" : "user",
        Status = StandstillOf(member.AccountStatus),
        TenantStatus = StandstillOf(member.Status),
    };

    /// <summary>Describes a tenant as a resource.</summary>
    internal static AccessResource ResourceOf(Standing standing) => new() { Tenant = TenantOf(standing), TenantStatus = StandstillOf(standing.Status) };

    // A name that no tenant can have, for standings of which only the role is known.
    private static string TenantOf(Standing standing) => standing.TenantSlug.Length > 0 ? standing.TenantSlug : "?";

    private static Standstill StandstillOf(TenantStatus status) => status switch
    {
        TenantStatus.Active => Standstill.None,
        TenantStatus.Suspended => Standstill.Suspended,
        _ => Standstill.Closed,
    };
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
    public static AccessDecision Allow(ImmutableArray<string> because) => new Allowed(because);

    /// <summary>Denies to somebody who may know of the thing.</summary>
    public static AccessDecision Deny(ImmutableArray<string> because) => new Denied(because);

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
