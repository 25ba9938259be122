using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using W0rktree.Grains.Abstractions.Accounts;

namespace W0rktree.Grains.Accounts;

/// <summary>Says how many silos there are to tell of a revocation.</summary>
public sealed class RevocationOptions
{
    /// <summary>Gets or sets whether there is only this silo, which registers before its front opens.</summary>
    public bool SingleSilo { get; set; } = true;
}

/// <summary>Tells every silo of a revocation.</summary>
[KeepAlive]
public sealed class RevocationGrain(RevocationOptions options, TimeProvider clock, ILogger<RevocationGrain> log) : Grain, IRevocationGrain
{
    private readonly DateTimeOffset _activatedAt = clock.GetUtcNow();
    private readonly ObserverManager<IRevocationObserver> _silos = new(TimeSpan.FromMinutes(1), log)
    {
        // Time as it passes, not as the clock shows it: a step of the clock must not make a silo unheard of.
        GetDateTime = () => DateTime.UnixEpoch + clock.GetElapsedTime(0),
    };

    /// <inheritdoc/>
    public Task RegisterAsync(IRevocationObserver silo, CancellationToken cancellationToken)
    {
        _silos.Subscribe(silo, silo);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task AnnounceAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        var revokedAt = clock.GetUtcNow();
        var (complete, told) = (true, 0);
        try
        {
            await _silos.Notify(async silo =>
            {
                try
                {
                    await silo.OnRevokedAsync(revocation, CancellationToken.None);
                    told++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    complete = false;
                    log.LogWarning(e, "A silo did not answer to a revocation; it is acknowledged when no ticket from before can be alive");
                    throw;
                }
            }).WaitAsync(CallerTicket.MaxLife, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return; // As long as a ticket lives: none from before is alive any more.
        }

        // After a move of this grain other silos may not have registered again yet.
        var young = !options.SingleSilo && revokedAt - _activatedAt < CallerTicket.MaxLife;
        if (!complete || told == 0 || young)
        {
            await Task.Delay(CallerTicket.MaxLife - (clock.GetUtcNow() - revokedAt), clock, cancellationToken);
        }
    }
}
