using System.Collections.Concurrent;
using W0rktree.Grains.Abstractions.Accounts;

namespace W0rktree.Grains.Access;

/// <summary>Knows, in one silo, which tickets were made before a revocation. Thread-safe.</summary>
/// <remarks>Entries stay for twice a ticket's life: after that no ticket from before can be alive, and no new one is made.</remarks>
public sealed class RevokedTickets(TimeProvider clock) : IRevocationObserver
{
    private readonly ConcurrentDictionary<TokenHash, DateTimeOffset> _tokens = new();
    private readonly ConcurrentDictionary<AccountId, (int MinEpoch, DateTimeOffset Until)> _epochs = new();

    /// <summary>Tells whether a ticket no longer holds.</summary>
    public bool Contains(CallerTicket ticket) => ticket.Kind == PrincipalKind.Account
        && (_tokens.ContainsKey(ticket.Token) || (_epochs.TryGetValue(ticket.Account, out var epoch) && ticket.Epoch < epoch.MinEpoch));

    /// <inheritdoc/>
    public Task OnRevokedAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = now + (2 * CallerTicket.MaxLife);
        if (revocation.Token != default)
        {
            _tokens[revocation.Token] = until;
        }

        if (revocation.MinEpoch > 0)
        {
            _epochs[revocation.Account] = (revocation.MinEpoch, until);
        }

        Prune(now);
        return Task.CompletedTask;
    }

    private void Prune(DateTimeOffset now)
    {
        foreach (var (token, until) in _tokens)
        {
            if (until < now)
            {
                _tokens.TryRemove(token, out _);
            }
        }

        foreach (var (account, epoch) in _epochs)
        {
            if (epoch.Until < now)
            {
                _epochs.TryRemove(account, out _);
            }
        }
    }
}
