using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>Stores a tenant; the default value is that of a tenant that does not exist.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TenantState")]
public sealed record TenantState
{
    /// <summary>Gets what it is; null until it exists.</summary>
    [Id(0)]
    public TenantKind? Kind { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1)]
    public string Slug { get; init; } = "";

    /// <summary>Gets the address to reach it at.</summary>
    [Id(2)]
    public string Email { get; init; } = "";

    /// <summary>Gets what it is called.</summary>
    [Id(3)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets whether it may work.</summary>
    [Id(4)]
    public TenantStatus Status { get; init; } = TenantStatus.Active;

    /// <summary>Gets the members by name.</summary>
    [Id(5)]
    public ImmutableArray<Member> Members { get; init; } = [];

    /// <summary>Gets the worktrees by name.</summary>
    [Id(6)]
    public ImmutableArray<ReserveWorktree> Worktrees { get; init; } = [];

    /// <summary>Gets the teams by name.</summary>
    [Id(20)]
    public ImmutableArray<Team> Teams { get; init; } = [];

    /// <summary>Gets the invitations, oldest first.</summary>
    [Id(21)]
    public ImmutableArray<Invitation> Invitations { get; init; } = [];

    /// <summary>Gets the names that it had before: they lead here for good.</summary>
    [Id(22)]
    public ImmutableArray<string> FormerSlugs { get; init; } = [];

    /// <summary>Gets the limits that were set apart from the usual ones; null for none.</summary>
    [Id(23)]
    public QuotaChange? Quota { get; init; }

    /// <summary>Gets the name that policies know it by, the first: a change of names takes nobody out of a rule.</summary>
    internal string PolicySlug => FormerSlugs.IsEmpty ? Slug : FormerSlugs[0];

    /// <summary>Finds a team.</summary>
    internal Team? Team(string name) => name.Length == 0 ? null : Teams.FirstOrDefault(t => t.Name == name);

    /// <summary>Finds a member.</summary>
    internal Member? Find(AccountId account) => Members.FirstOrDefault(m => m.Account == account);

    /// <summary>Says what an account is to this tenant, and what it may use of it.</summary>
    internal Standing StandingOf(AccountId account, QuotaOptions quotas)
    {
        var quota = QuotaRules.InForce(quotas.Usual, Quota);
        return StandingOf(account) with { StagedPerTree = quota.StagedPerTree, Plan = quota.Plan };
    }

    /// <summary>Says what an account is to this tenant.</summary>
    internal Standing StandingOf(AccountId account)
    {
        var member = Kind is null ? null : Find(account);
        return new Standing
        {
            Role = member?.Role ?? Abstractions.Access.Role.None,
            Status = Status,
            Slug = member?.Slug ?? "",
            TenantSlug = PolicySlug,
            Kind = Kind ?? TenantKind.User,
            Teams = member is null ? [] : TeamRules.Of(this, account),
            AccountStatus = member?.Status ?? TenantStatus.Active,
            Attributes = member?.Attributes ?? [],
        };
    }
}
