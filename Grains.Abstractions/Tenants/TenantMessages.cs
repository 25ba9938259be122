using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Tells what a tenant is. The numbers are stored.</summary>
public enum TenantKind
{
    /// <summary>A user's own tenant.</summary>
    User = 1,

    /// <summary>An organisation.</summary>
    Organization = 2,
}

/// <summary>Tells whether a tenant may work. The numbers are stored.</summary>
public enum TenantStatus
{
    /// <summary>Everything works.</summary>
    Active = 1,

    /// <summary>Read-only.</summary>
    Suspended = 2,

    /// <summary>Closed.</summary>
    Deactivated = 3,
}

/// <summary>Starts a tenant's life.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.CreateTenant")]
public sealed record CreateTenant : IAudited
{
    /// <summary>Gets what it is.</summary>
    [Id(0)]
    public required TenantKind Kind { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1)]
    public required string Slug { get; init; }

    /// <summary>Gets the account that owns it.</summary>
    [Id(2)]
    public required AccountId Owner { get; init; }

    /// <summary>Gets the owner's name, for lists.</summary>
    [Id(3)]
    public required string OwnerSlug { get; init; }

    /// <summary>Gets the address to reach it at.</summary>
    [Id(4)]
    public string Email { get; init; } = "";

    /// <summary>Gets what it is called.</summary>
    [Id(5)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets what the owner is called.</summary>
    [Id(6)]
    public string OwnerDisplayName { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"slug={Slug} owner={Owner}";
}

/// <summary>Shows a tenant to a member.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TenantView")]
public sealed record TenantView
{
    /// <summary>Gets the id.</summary>
    [Id(0)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets what it is.</summary>
    [Id(1)]
    public required TenantKind Kind { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(2)]
    public required string Slug { get; init; }

    /// <summary>Gets whether it may work.</summary>
    [Id(3)]
    public required TenantStatus Status { get; init; }

    /// <summary>Gets the asker's role in it.</summary>
    [Id(4)]
    public required Role Role { get; init; }

    /// <summary>Gets the teams that the asker is in, with those that contain them.</summary>
    [Id(5)]
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Gets the names that it had before, which still lead to it.</summary>
    [Id(6)]
    public ImmutableArray<string> FormerSlugs { get; init; } = [];

    /// <summary>Gets what it is called.</summary>
    [Id(7)]
    public string DisplayName { get; init; } = "";
}

/// <summary>Names a member with the role.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Member")]
public sealed record Member
{
    /// <summary>Gets the account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the account's name.</summary>
    [Id(1)]
    public required string Slug { get; init; }

    /// <summary>Gets the role.</summary>
    [Id(2)]
    public required Role Role { get; init; }

    /// <summary>Gets what the user is called.</summary>
    [Id(3)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets whether the account may work.</summary>
    [Id(4)]
    public TenantStatus Status { get; init; } = TenantStatus.Active;

    /// <summary>Gets whether it is a service account of the tenant.</summary>
    [Id(5)]
    public bool IsService { get; init; }

    /// <summary>Gets what conditions of policies compare, by name.</summary>
    [Id(6)]
    public ImmutableArray<MemberAttribute> Attributes { get; init; } = [];
}

/// <summary>Something that a tenant says of a member, for conditions of policies.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.MemberAttribute")]
public sealed record MemberAttribute
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the value; empty in a request to take it away.</summary>
    [Id(1)]
    public required string Value { get; init; }
}

/// <summary>Says something of a member; what is not named stays.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.SetAttributes")]
public sealed record SetAttributes : IAudited
{
    /// <summary>Gets the member.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets what is said.</summary>
    [Id(1)]
    public required ImmutableArray<MemberAttribute> Attributes { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"account={Account} attributes={string.Join(',', Attributes.Select(a => a.Name))}";
}

/// <summary>Lists members, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.MemberPage")]
public sealed record MemberPage
{
    /// <summary>Gets the members by name.</summary>
    [Id(0)]
    public required ImmutableArray<Member> Members { get; init; }

    /// <summary>Gets where the next page starts; empty at the end.</summary>
    [Id(1)]
    public string Next { get; init; } = "";
}

/// <summary>Says what an account is to a tenant, the base of every decision on what the tenant owns.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Standing")]
public sealed record Standing
{
    /// <summary>Gets the role; <see cref="Role.None"/> for strangers.</summary>
    [Id(0)]
    public required Role Role { get; init; }

    /// <summary>Gets whether the tenant may work.</summary>
    [Id(1)]
    public required TenantStatus Status { get; init; }

    /// <summary>Gets the account's name; empty for strangers.</summary>
    [Id(2)]
    public string Slug { get; init; } = "";

    /// <summary>Gets the tenant's name.</summary>
    [Id(3)]
    public string TenantSlug { get; init; } = "";

    /// <summary>Gets what the tenant is.</summary>
    [Id(4)]
    public TenantKind Kind { get; init; } = TenantKind.User;

    /// <summary>Gets the teams of the tenant that the account is in, with those that contain them.</summary>
    [Id(5)]
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Gets whether the account itself may work.</summary>
    [Id(6)]
    public TenantStatus AccountStatus { get; init; } = TenantStatus.Active;

    /// <summary>Gets the most staged snapshots that a tree of the tenant shows at a time; zero for no limit but the server's own.</summary>
    [Id(7)]
    public long StagedPerTree { get; init; }

    /// <summary>Gets what the tenant says of the account, for conditions of policies.</summary>
    [Id(8)]
    public ImmutableArray<MemberAttribute> Attributes { get; init; } = [];

    /// <summary>Gets what the tenant pays for, for conditions of policies; empty where nobody said so.</summary>
    [Id(9)]
    public string Plan { get; init; } = "";
}

/// <summary>Names a worktree of a tenant.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.WorktreeName")]
public sealed record WorktreeName
{
    /// <summary>Gets the id.</summary>
    [Id(0)]
    public required WorktreeId Worktree { get; init; }

    /// <summary>Gets the name, unique within the tenant.</summary>
    [Id(1)]
    public required string Slug { get; init; }
}

/// <summary>Asks for a worktree's name, and for its root tree to be this worktree's alone.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.ReserveWorktree")]
public sealed record ReserveWorktree : IAudited
{
    /// <summary>Gets the id and the name.</summary>
    [Id(0)]
    public required WorktreeName Name { get; init; }

    /// <summary>Gets the root tree.</summary>
    [Id(1)]
    public required TreeId RootTree { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"slug={Name.Slug} worktree={Name.Worktree} tree={RootTree}";
}

/// <summary>Lists worktrees, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.WorktreePage")]
public sealed record WorktreePage
{
    /// <summary>Gets the worktrees by name.</summary>
    [Id(0)]
    public required ImmutableArray<WorktreeName> Worktrees { get; init; }

    /// <summary>Gets where the next page starts; empty at the end.</summary>
    [Id(1)]
    public string Next { get; init; } = "";
}
