using System.Collections.Immutable;
using W0rktree.Core.Paths;

namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Asks what the policies in force would say, now.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccessProbe")]
public sealed record AccessProbe
{
    /// <summary>Gets who would do it; zero for the caller.</summary>
    [Id(0)]
    public AccountId Account { get; init; }

    /// <summary>Gets the permission.</summary>
    [Id(1)]
    public required string Permission { get; init; }

    /// <summary>Gets the branch; default where the question names none.</summary>
    [Id(2)]
    public BranchName Branch { get; init; }

    /// <summary>Gets the path; the root where the question names none.</summary>
    [Id(3)]
    public TreePath Path { get; init; }

    /// <summary>Gets the address it would come from; empty for the caller's.</summary>
    [Id(4)]
    public string Address { get; init; } = "";
}

/// <summary>Tells of one rule that was considered.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccessRuleView")]
public sealed record AccessRuleView
{
    /// <summary>Gets the rule, with file and line.</summary>
    [Id(0)]
    public required string Rule { get; init; }

    /// <summary>Gets whether it matched, and if not, which part of it did not.</summary>
    [Id(1)]
    public required string Outcome { get; init; }

    /// <summary>Gets whether the answer would need it gone to be another.</summary>
    [Id(2)]
    public bool IsDecisive { get; init; }
}

/// <summary>Answers a probe.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccessVerdict")]
public sealed record AccessVerdict
{
    /// <summary>Gets whether it may be done.</summary>
    [Id(0)]
    public required bool IsAllowed { get; init; }

    /// <summary>Gets what decided; empty where the caller may not read the policies.</summary>
    [Id(1)]
    public ImmutableArray<string> Because { get; init; } = [];

    /// <summary>Gets every rule considered, the first 500; empty where the caller may not read the policies, or did not ask.</summary>
    [Id(2)]
    public ImmutableArray<AccessRuleView> Rules { get; init; } = [];

    /// <summary>Gets the membership role, empty for none.</summary>
    [Id(3)]
    public string Role { get; init; } = "";

    /// <summary>Gets the teams, those that contain them included.</summary>
    [Id(4)]
    public ImmutableArray<string> Teams { get; init; } = [];
}

/// <summary>Lists what is in force in a tree.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.AccessListing")]
public sealed record AccessListing
{
    /// <summary>Gets every rule, team, ceiling and grant, as people are told of them; the first 1,000.</summary>
    [Id(0)]
    public required ImmutableArray<string> Rules { get; init; }

    /// <summary>Gets what the caller may do to the tree as a whole.</summary>
    [Id(1)]
    public required ImmutableArray<string> Permissions { get; init; }
}
