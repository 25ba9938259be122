using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>A team of a tenant: policies name it, and a member of it is a member of every team that contains it.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Team")]
public sealed record Team
{
    /// <summary>Gets the name, unique within the tenant.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the name of the team that contains it; empty for none.</summary>
    [Id(1)]
    public string Parent { get; init; } = "";

    /// <summary>Gets what it is called.</summary>
    [Id(2)]
    public string DisplayName { get; init; } = "";

    /// <summary>Gets who is in it directly.</summary>
    [Id(3)]
    public ImmutableArray<AccountId> Members { get; init; } = [];
}

/// <summary>Shows a team to a member of the tenant.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TeamView")]
public sealed record TeamView
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the name of the team that contains it; empty for none.</summary>
    [Id(1)]
    public required string Parent { get; init; }

    /// <summary>Gets what it is called.</summary>
    [Id(2)]
    public required string DisplayName { get; init; }

    /// <summary>Gets the names of who is in it directly, sorted; at most 1,000 are listed.</summary>
    [Id(3)]
    public required ImmutableArray<string> Members { get; init; }

    /// <summary>Gets how many there are.</summary>
    [Id(4)]
    public required int MemberCount { get; init; }
}

/// <summary>Lists teams, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TeamPage")]
public sealed record TeamPage
{
    /// <summary>Gets the teams by name.</summary>
    [Id(0)]
    public required ImmutableArray<TeamView> Teams { get; init; }

    /// <summary>Gets where the next page starts; empty at the end.</summary>
    [Id(1)]
    public string Next { get; init; } = "";
}

/// <summary>Creates a team, or changes where it stands and what it is called.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.SetTeam")]
public sealed record SetTeam : IAudited
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the team that is to contain it; empty for none.</summary>
    [Id(1)]
    public string Parent { get; init; } = "";

    /// <summary>Gets what it is called.</summary>
    [Id(2)]
    public string DisplayName { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => Parent.Length > 0 ? $"team={Name} parent={Parent}" : $"team={Name}";
}
