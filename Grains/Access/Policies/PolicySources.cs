using System.Collections.Immutable;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Holds the texts of one place's policy files; null where there is no such file.</summary>
/// <param name="Roles"><c>roles.toml</c>.</param>
/// <param name="Policies"><c>policies.toml</c>.</param>
/// <param name="Teams"><c>teams.toml</c>.</param>
public sealed record PolicyTexts(string? Roles, string? Policies, string? Teams)
{
    /// <summary>The texts of a place without files.</summary>
    public static PolicyTexts None { get; } = new(null, null, null);
}

/// <summary>Holds every policy file of a worktree: those of <c>.wt/access</c>, and those of each tree's <c>.wt-tree/access</c>.</summary>
public sealed record PolicySources
{
    /// <summary>Gets the files of <c>.wt/access</c>.</summary>
    public PolicyTexts Root { get; init; } = PolicyTexts.None;

    /// <summary>Gets the trees' own files by the tree's path from the worktree's root; <c>""</c> is the root tree.</summary>
    public ImmutableSortedDictionary<string, PolicyTexts> Trees { get; init; } = NoTrees;

    internal static ImmutableSortedDictionary<string, PolicyTexts> NoTrees { get; } = ImmutableSortedDictionary.Create<string, PolicyTexts>(StringComparer.Ordinal);
}
