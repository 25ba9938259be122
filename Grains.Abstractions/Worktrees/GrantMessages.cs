using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Worktrees;

/// <summary>Tells how far a grant to another tenant goes. The numbers are stored.</summary>
public enum GrantLevel
{
    /// <summary>What a Viewer may do.</summary>
    Read = 1,

    /// <summary>What a Developer may do, but for tags.</summary>
    Write = 2,

    /// <summary>What a Maintainer may do.</summary>
    Admin = 3,
}

/// <summary>Lets another tenant into a worktree: explicit, never inherited, never passed on.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TenantGrant")]
public sealed record TenantGrant
{
    /// <summary>Gets its id: 32 digits, drawn by whoever asked for it, so that a repetition means the same grant.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Gets the tenant that is let in.</summary>
    [Id(1)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets what that tenant was called then, for lists.</summary>
    [Id(2)]
    public required string Slug { get; init; }

    /// <summary>Gets how far.</summary>
    [Id(3)]
    public required GrantLevel Level { get; init; }

    /// <summary>Gets the only trees, by their path from the worktree's root; null for all.</summary>
    [Id(4)]
    public ImmutableArray<string>? Trees { get; init; }

    /// <summary>Gets the only paths, from the tree's root, a folder with a trailing <c>/</c>; null for all.</summary>
    [Id(5)]
    public ImmutableArray<string>? Paths { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    [Id(6)]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Gets who gave it.</summary>
    [Id(7)]
    public string GivenBy { get; init; } = "";

    /// <summary>Gets when it was given.</summary>
    [Id(8)]
    public DateTimeOffset GivenAt { get; init; }
}

/// <summary>Asks for a grant.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.GiveGrant")]
public sealed record GiveGrant : IAudited
{
    /// <summary>Gets the grant; who gives it and when is filled in by the grain.</summary>
    [Id(0)]
    public required TenantGrant Grant { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"grant={Grant.Id} tenant={Grant.Slug} level={Grant.Level.ToString().ToLowerInvariant()}"
        + (Grant.Trees is { } trees ? $" trees={trees.Length}" : "") + (Grant.Paths is { } paths ? $" paths={paths.Length}" : "")
        + (Grant.Expires is { } end ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" expires={end.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}") : "");
}

/// <summary>Asks for the end of a grant.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.EndGrant")]
public sealed record EndGrant : IAudited
{
    /// <summary>Gets the grant's id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"grant={Id}";
}

/// <summary>Lists the grants of a worktree.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.GrantList")]
public sealed record GrantList
{
    /// <summary>Gets the grants, expired ones included, in the order in which they were given.</summary>
    [Id(0)]
    public required ImmutableArray<TenantGrant> Grants { get; init; }
}
