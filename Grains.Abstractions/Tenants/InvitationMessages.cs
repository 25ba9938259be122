using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Invites whoever has a code; the front drew it and sends only the hash.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Invite")]
public sealed record Invite : IAudited
{
    /// <summary>Gets the hash of the code.</summary>
    [Id(0)]
    public required TokenHash Code { get; init; }

    /// <summary>Gets the role that the invited gets.</summary>
    [Id(1)]
    public required Role Role { get; init; }

    /// <summary>Gets the teams that the invited comes into.</summary>
    [Id(2)]
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Gets a word on whom it is for.</summary>
    [Id(3)]
    public string Note { get; init; } = "";

    /// <summary>Gets when it ends.</summary>
    [Id(4)]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"invitation={Code.PublicId} role={Role.ToString().ToLowerInvariant()} teams={string.Join(',', Teams)} expires={ExpiresAt:yyyy-MM-ddTHH:mm:ssZ}";
}

/// <summary>An invitation that nobody has taken yet.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Invitation")]
public sealed record Invitation
{
    /// <summary>Gets what was asked for.</summary>
    [Id(0)]
    public required Invite Invite { get; init; }

    /// <summary>Gets who invited.</summary>
    [Id(1)]
    public required AccountId By { get; init; }

    /// <summary>Gets the name of who invited.</summary>
    [Id(2)]
    public required string BySlug { get; init; }

    /// <summary>Gets when.</summary>
    [Id(3)]
    public required DateTimeOffset At { get; init; }
}

/// <summary>Lists the invitations that are open; a tenant has at most 200.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.InvitationList")]
public sealed record InvitationList
{
    /// <summary>Gets the invitations, oldest first.</summary>
    [Id(0)]
    public required ImmutableArray<Invitation> Invitations { get; init; }
}
