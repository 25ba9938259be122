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

    /// <summary>Finds a member.</summary>
    internal Member? Find(AccountId account) => Members.FirstOrDefault(m => m.Account == account);

    /// <summary>Says what an account is to this tenant.</summary>
    internal Standing StandingOf(AccountId account)
    {
        var member = Kind is null ? null : Find(account);
        return new Standing { Role = member?.Role ?? Abstractions.Access.Role.None, Status = Status, Slug = member?.Slug ?? "", TenantSlug = Slug, Kind = Kind ?? TenantKind.User };
    }
}
