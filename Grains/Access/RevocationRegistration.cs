using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using W0rktree.Grains.Abstractions.Accounts;

namespace W0rktree.Grains.Access;

/// <summary>Keeps this silo on the list of those that hear of revocations before they are acknowledged.</summary>
internal sealed class RevocationRegistration(
    IGrainFactory grains, TicketMint mint, RevokedTickets revoked, TimeProvider clock, ILogger<RevocationRegistration> log) : BackgroundService
{
    // A registration lapses after a minute: five may be lost before a silo is forgotten, and tickets die after half of that.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private IRevocationObserver? _self;

    /// <summary>Registers once before the silo's front opens, then goes on in the background.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _self = grains.CreateObjectReference<IRevocationObserver>(revoked);
        await RegisterAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RegisterAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "This silo could not renew its registration for revocations; it tries again in {Interval}", Interval);
            }
        }
    }

    private Task RegisterAsync(CancellationToken cancellationToken) => mint.AsSystemAsync("revocation", async () =>
    {
        await grains.GetGrain<IRevocationGrain>(GrainKeys.Singleton).RegisterAsync(_self!, cancellationToken);
        return true;
    });
}
