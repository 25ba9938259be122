using Microsoft.Extensions.Logging;
using W0rktree.Grains.Abstractions.Accounts;

namespace W0rktree.Grains.Access;

/// <summary>Keeps this silo on the list of those that hear of revocations before they are acknowledged.</summary>
/// <remarks>Follows the silo's own life: it registers when grains can be called, and before the host opens its front.</remarks>
internal sealed class RevocationRegistration(
    IGrainFactory grains, TicketMint mint, RevokedTickets revoked, TimeProvider clock, ILogger<RevocationRegistration> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // A registration lapses after a minute: five may be lost before a silo is forgotten, and tickets die after half of that.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private IRevocationObserver? _self;
    private Task _renewing = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(RevocationRegistration), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _self = grains.CreateObjectReference<IRevocationObserver>(revoked);
        await RegisterAsync(cancellationToken);
        _renewing = RenewAsync();
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            try
            {
                await RegisterAsync(_stopping.Token);
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
