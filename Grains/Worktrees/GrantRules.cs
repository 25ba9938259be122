using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access.Policies;

namespace W0rktree.Grains.Worktrees;

/// <summary>Decides about grants to other tenants. Pure.</summary>
internal static class GrantRules
{
    /// <summary>The most grants of a worktree, expired ones included until they make place: they are part of every decision's facts.</summary>
    public const int MaxGrants = 200;

    private const int MaxListed = 50;
    private const int MaxPathLength = 1_024;

    /// <summary>Decides on a grant. What the giver holds limits it: nobody can give more.</summary>
    public static Result<WorktreeState> Give(WorktreeState state, TenantId owner, TenantGrant grant, PermissionSet held, DateTimeOffset now)
    {
        if (grant.Id.Length != 32 || !grant.Id.All(char.IsAsciiHexDigitLower) || grant.Level is < GrantLevel.Read or > GrantLevel.Admin)
        {
            return new Error("invalid_argument", "A grant has an id of 32 lower-case hexadecimal digits and a level: read, write or admin.");
        }

        if (grant.Tenant == owner || grant.Tenant == default)
        {
            return new Error("invalid_argument", "A grant is for another tenant; your own has members and teams.", "wt tenant add");
        }

        if (grant.Expires <= now)
        {
            return new Error("invalid_argument", "The grant would end before it begins.");
        }

        if (!Fits(grant.Trees) || !Fits(grant.Paths))
        {
            return new Error("invalid_argument", $"A grant lists at most {MaxListed} trees and paths, each relative, without '.', '..' and empty parts.", "End a folder with '/'.");
        }

        var level = Of(grant.Level);
        if (!level.Except(held).IsEmpty)
        {
            return new Error("denied", $"The level '{grant.Level.ToString().ToLowerInvariant()}' has '{level.Except(held).ToNames()[0]}', which you do not hold here.", "Nobody can give more than they hold.");
        }

        if (state.Grants.FirstOrDefault(g => g.Id == grant.Id) is { } known)
        {
            return known.Tenant == grant.Tenant && known.Level == grant.Level ? state : new Error("already_exists", "Another grant has this id.");
        }

        var living = state.Grants.Length < MaxGrants ? state.Grants : [.. state.Grants.Where(g => g.Expires is null || g.Expires > now)];
        return living.Length < MaxGrants ? state with { Grants = living.Add(grant) } : new Error("too_many_grants", $"A worktree has at most {MaxGrants} grants.", "Revoke some: wt access list");
    }

    /// <summary>Decides on the end of a grant; what is not there has ended.</summary>
    public static WorktreeState End(WorktreeState state, string id) =>
        state.Grants.FirstOrDefault(g => g.Id == id) is { } grant ? state with { Grants = state.Grants.Remove(grant) } : state;

    /// <summary>Decides on letting everybody read; nobody gives everybody more than they hold.</summary>
    public static Result<WorktreeState> SetVisibility(WorktreeState state, bool isPublic, PermissionSet held) => isPublic && !BuiltInRoles.Viewer.Except(held).IsEmpty
        ? new Error("denied", $"Everybody would get '{BuiltInRoles.Viewer.Except(held).ToNames()[0]}', which you do not hold here.", "Nobody can give more than they hold.")
        : state with { IsPublic = isPublic };

    /// <summary>Gives the grants that some tenants have, under the name by which a principal acts for each.</summary>
    public static ImmutableArray<CrossTenantGrant> For(ImmutableArray<TenantGrant> grants, IReadOnlyDictionary<TenantId, string> names) =>
    [
        .. grants.Where(g => names.ContainsKey(g.Tenant)).Select(g => new CrossTenantGrant
        {
            Tenant = names[g.Tenant], Level = g.Level.ToString().ToLowerInvariant(), Trees = g.Trees, Paths = g.Paths, Expires = g.Expires,
        }),
    ];

    private static bool Fits(ImmutableArray<string>? listed) =>
        listed is not { } some || (some.Length is > 0 and <= MaxListed && some.All(p => p.Length <= MaxPathLength && (p.Length == 0 || PolicyPath.IsPattern(p))));

    private static PermissionSet Of(GrantLevel level) => level switch
    {
        GrantLevel.Read => BuiltInRoles.Viewer,
        GrantLevel.Write => BuiltInRoles.WriteGrant,
        _ => BuiltInRoles.Maintainer,
    };
}
