using System.Collections.Immutable;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Asks whether a principal may do something to a resource, now.</summary>
/// <param name="Principal">Who.</param>
/// <param name="Permission">What, by a name out of <see cref="Abstractions.Access.Permission"/>; anything else is denied.</param>
/// <param name="Resource">To what.</param>
/// <param name="Environment">When and from where.</param>
public sealed record AccessQuestion(Principal Principal, string Permission, AccessResource Resource, AccessEnvironment Environment);

/// <summary>Tells whether an account or a tenant may work. Anything unknown counts as closed.</summary>
public enum Standstill
{
    /// <summary>Everything works.</summary>
    None,

    /// <summary>Only reading works.</summary>
    Suspended,

    /// <summary>Nothing works.</summary>
    Closed,
}

/// <summary>Describes who asks.</summary>
public sealed record Principal
{
    /// <summary>Gets the account's name; empty where nobody has signed in.</summary>
    public required string Account { get; init; }

    /// <summary>Gets the name of the tenant that the account acts for; empty for none.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Gets the teams of that tenant that the account is in, those that contain them included.</summary>
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Gets the membership roles in that tenant.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Gets the account's own attributes.</summary>
    public ImmutableDictionary<string, string> Attributes { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gets whether the account may work.</summary>
    public Standstill Status { get; init; }

    /// <summary>Gets whether the tenant may work.</summary>
    public Standstill TenantStatus { get; init; }

    /// <summary>Gets what the tenant is, for conditions; null where it is not known.</summary>
    public string? TenantType { get; init; }

    /// <summary>Gets what the tenant pays for, for conditions; null where it is not known.</summary>
    public string? TenantPlan { get; init; }
}

/// <summary>Describes what is asked for.</summary>
public sealed record AccessResource
{
    /// <summary>Gets the name of the owning tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets whether the owning tenant may work.</summary>
    public Standstill TenantStatus { get; init; }

    /// <summary>Gets whether every account may read.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Gets the tree's path from the worktree's root; empty for the root tree.</summary>
    public string Tree { get; init; } = "";

    /// <summary>Gets the branch; null where the request names none.</summary>
    public string? Branch { get; init; }

    /// <summary>Gets the path inside the tree; null where the request names none.</summary>
    public string? Path { get; init; }
}

/// <summary>Describes when and from where.</summary>
/// <param name="Time">The time; null where it is not known, and then every condition on time fails.</param>
/// <param name="Address">The caller's address; null where it is not known.</param>
public sealed record AccessEnvironment(DateTimeOffset? Time, string? Address);

/// <summary>Lets another tenant in, until a time.</summary>
public sealed record CrossTenantGrant
{
    /// <summary>Gets the name of the tenant that is let in.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets how far: <c>read</c>, <c>write</c> or <c>admin</c>; anything else gives nothing.</summary>
    public required string Level { get; init; }

    /// <summary>Gets the only trees, exactly; null for all.</summary>
    public ImmutableArray<string>? Trees { get; init; }

    /// <summary>Gets the only paths, from the tree's root; null for all.</summary>
    public ImmutableArray<string>? Paths { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>Answers a question, with the rules that led to the answer.</summary>
/// <param name="IsAllowed">Whether it may be done.</param>
/// <param name="Because">What decided.</param>
public sealed record Verdict(bool IsAllowed, ImmutableArray<string> Because)
{
    internal static Verdict Allow(string because) => new(true, [because]);

    internal static Verdict Deny(string because) => new(false, [because]);
}
