using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Accounts;

/// <summary>Stores a token's life; the default value is that of a token that was never made.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TokenState")]
public sealed record TokenState
{
    /// <summary>Gets whose it is; null until it is issued.</summary>
    [Id(0)]
    public TokenIssue? Issue { get; init; }

    /// <summary>Gets whether it was revoked.</summary>
    [Id(1)]
    public bool Revoked { get; init; }

    /// <summary>Gets when it was last used, to within five minutes.</summary>
    [Id(2)]
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>Answers for one token.</summary>
public sealed class TokenGrain(
    [PersistentState("token", StateStores.Name)] IPersistentState<TokenState> storage,
    TimeProvider clock,
    ILogger<TokenGrain> log) : StatefulGrain<TokenState>(storage), ITokenGrain
{
    // Writing each use would make every request a write; five minutes are exact enough for a list.
    private static readonly TimeSpan UseGranularity = TimeSpan.FromMinutes(5);

    private readonly ObserverManager<IWakeObserver> _watchers = new(TimeSpan.FromMinutes(1), log)
    {
        GetDateTime = () => clock.GetUtcNow().UtcDateTime,
    };

    /// <inheritdoc/>
    public Task IssueAsync(TokenIssue issue, CancellationToken cancellationToken) =>
        Current.Issue is null ? SaveAsync(new TokenState { Issue = issue }) : throw new InvalidOperationException("A token's hash was used twice.");

    /// <inheritdoc/>
    public async Task<Reply<TokenStanding>> UseAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var standing = Standing(now);
        if (standing.Value is not null && (Current.LastUsedAt is not { } last || now - last >= UseGranularity))
        {
            await SaveUnauditedAsync(Current with { LastUsedAt = now });
        }

        return standing;
    }

    /// <inheritdoc/>
    public Task<Reply<TokenStanding>> WatchAsync(IWakeObserver observer, CancellationToken cancellationToken)
    {
        var standing = Standing(clock.GetUtcNow());
        if (standing.Value is not null)
        {
            _watchers.Subscribe(observer, observer);
        }

        return Task.FromResult(standing);
    }

    /// <inheritdoc/>
    public Task UnwatchAsync(IWakeObserver observer, CancellationToken cancellationToken)
    {
        _watchers.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<TokenUsage> UsageAsync(CancellationToken cancellationToken) => Task.FromResult(new TokenUsage { LastUsedAt = Current.LastUsedAt });

    /// <inheritdoc/>
    public Task<TokenIssue?> OwnerAsync(CancellationToken cancellationToken) => Task.FromResult(Current.Issue);

    /// <inheritdoc/>
    public async Task RevokeAsync(CancellationToken cancellationToken)
    {
        if (Current is { Issue: not null, Revoked: false })
        {
            await SaveAsync(Current with { Revoked = true });
        }

        await _watchers.Notify(o => o.OnWakeAsync(0, CancellationToken.None));
        _watchers.Clear();
    }

    private Reply<TokenStanding> Standing(DateTimeOffset now) => Current switch
    {
        { Issue: null } => Refusals.SignedOut,
        { Revoked: true } => Refusals.TokenRevoked,
        { Issue.ExpiresAt: { } end } when end <= now => Refusals.TokenRevoked,
        { Issue: { } issue } => new TokenStanding { Account = issue.Account, Tenant = issue.Tenant, Epoch = issue.Epoch, Scopes = issue.Scopes },
    };
}
