using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Accounts;

/// <summary>Says whether one token holds, at the moment of asking. Key: <c>GrainKeys.Token</c>.</summary>
[Alias("wt.ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>Starts the token's life.</summary>
    [SystemOnly]
    Task IssueAsync(TokenIssue issue, CancellationToken cancellationToken);

    /// <summary>Says whose token this is; refused once it is revoked or expired. Knowing the token is the proof.</summary>
    [Anonymous]
    Task<Reply<TokenStanding>> UseAsync(CancellationToken cancellationToken);

    /// <summary>Lets an open stream be woken when the token ends. The watch lapses after a minute unless renewed.</summary>
    [Anonymous]
    Task<Reply<TokenStanding>> WatchAsync(IWakeObserver observer, CancellationToken cancellationToken);

    /// <summary>Ends the watch.</summary>
    [Anonymous]
    Task UnwatchAsync(IWakeObserver observer, CancellationToken cancellationToken);

    /// <summary>Tells when the token was last used, to within five minutes.</summary>
    [SystemOnly]
    Task<TokenUsage> UsageAsync(CancellationToken cancellationToken);

    /// <summary>Tells whose token it is or was, for the audit; null for one that never was.</summary>
    [SystemOnly]
    Task<TokenIssue?> OwnerAsync(CancellationToken cancellationToken);

    /// <summary>Ends the token's life.</summary>
    [SystemOnly]
    Task RevokeAsync(CancellationToken cancellationToken);
}

/// <summary>Starts a token's life.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenIssue")]
public sealed record TokenIssue
{
    /// <summary>Gets the account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the account's own tenant.</summary>
    [Id(1)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the account's session epoch.</summary>
    [Id(2)]
    public required int Epoch { get; init; }

    /// <summary>Gets the permissions it may be used for; <c>*</c> alone for all.</summary>
    [Id(3)]
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Gets when it ends; null for never.</summary>
    [Id(4)]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Says whose token it is.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenStanding")]
public sealed record TokenStanding
{
    /// <summary>Gets the account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the account's own tenant.</summary>
    [Id(1)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the session epoch it was made in.</summary>
    [Id(2)]
    public required int Epoch { get; init; }

    /// <summary>Gets the permissions it may be used for.</summary>
    [Id(3)]
    public required ImmutableArray<string> Scopes { get; init; }
}

/// <summary>Tells when a token was last used.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenUsage")]
public sealed record TokenUsage
{
    /// <summary>Gets the time; null for never.</summary>
    [Id(0)]
    public DateTimeOffset? LastUsedAt { get; init; }
}
