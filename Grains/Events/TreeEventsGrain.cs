using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Access;
using W0rktree.Grains.Staging;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Events;

/// <summary>Stores up to where numbers were taken.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TreeEventsState")]
public sealed record TreeEventsState
{
    /// <summary>Gets the last number that this or an earlier activation may have given.</summary>
    [Id(0)]
    public long Reserved { get; init; }
}

/// <summary>Numbers events and wakes those who listen.</summary>
/// <remarks>
/// Events are derived data: what they tell stands in branches and staged work. So they live in memory, and only the numbers
/// are stored, a thousand at a time: after a restart numbers go on higher than ever before, and a reader with an older one is
/// told of a gap and reads the state anew. Two activations can never give the same number, because each takes its thousand
/// by compare-and-set.
/// </remarks>
public sealed class TreeEventsGrain(
    [PersistentState("events", StateStores.Name)] IPersistentState<TreeEventsState> storage,
    IObjectVault vault,
    TenantGuard guard,
    TicketMint mint,
    TimeProvider clock,
    ILogger<TreeEventsGrain> log) : StatefulGrain<TreeEventsState>(storage), ITreeEventsGrain, IGuardedGrain
{
    private const int NumbersAtATime = 1_000;

    private readonly EventRing _ring = new();
    private readonly ObserverManager<IWakeObserver> _watchers = new(TimeSpan.FromMinutes(1), log)
    {
        GetDateTime = () => clock.GetUtcNow().UtcDateTime,
    };

    private Task? _reserving;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _ring.StartAfter(Current.Reserved);
    }

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        await guard.RefuseAsync(GrainKeys.ReadTree(this.GetPrimaryKeyString()), caller, new AccessNeed(permission), cancellationToken);

    /// <inheritdoc/>
    public async Task PublishAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        while (_ring.Latest + batch.Events.Length > Current.Reserved)
        {
            // Interleaving calls share one reservation.
            _reserving ??= SaveUnauditedAsync(new TreeEventsState { Reserved = Math.Max(Current.Reserved, _ring.Latest) + NumbersAtATime });
            try
            {
                await _reserving;
            }
            finally
            {
                _reserving = null;
            }
        }

        foreach (var added in batch.Events)
        {
            _ring.Add(added);
        }

        Wake();
    }

    /// <inheritdoc/>
    public async Task<Reply<EventPage>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        var tree = GrainKeys.ReadTree(this.GetPrimaryKeyString());
        return await guard.OpenAsync(tree, caller, cancellationToken) is { } access
            ? await new StagedSight(access).ShowAsync(_ring.Read(after, caller.Account), new StagedChanges(vault, tree), cancellationToken)
            : Refusals.NotFound;
    }

    /// <inheritdoc/>
    public Task<Reply<EventPage>> WatchAsync(IWakeObserver observer, CancellationToken cancellationToken)
    {
        _watchers.Subscribe(observer, observer);
        return Task.FromResult<Reply<EventPage>>(new EventPage { Through = _ring.Latest, Latest = _ring.Latest });
    }

    /// <inheritdoc/>
    public Task WakeAsync(CancellationToken cancellationToken)
    {
        Wake();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> LatestAsync(CancellationToken cancellationToken) => Task.FromResult(_ring.Latest);

    /// <inheritdoc/>
    public Task UnwatchAsync(IWakeObserver observer, CancellationToken cancellationToken)
    {
        _watchers.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    /// <summary>Wakes without waiting: a slow listener must not hold up who publishes.</summary>
    private void Wake() => _ = _watchers.Notify(o => o.OnWakeAsync(_ring.Latest, CancellationToken.None));
}
