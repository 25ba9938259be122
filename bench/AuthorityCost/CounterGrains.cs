using Orleans;
using Orleans.Runtime;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.AuthorityCost;

/// <summary>Counts, durably.</summary>
[Alias("bench.IBareCounterGrain")]
public interface IBareCounterGrain : IGrainWithStringKey
{
    /// <summary>Counts one more, for anybody.</summary>
    [Anonymous]
    Task<long> AddAsync(CancellationToken cancellationToken);
}

/// <summary>Counts, durably, for whom the policies of the tree let.</summary>
[Alias("bench.IGuardedCounterGrain")]
public interface IGuardedCounterGrain : IGrainWithStringKey
{
    /// <summary>Counts one more.</summary>
    [Requires(Permission.SyncPush)]
    Task<long> AddAsync(CancellationToken cancellationToken);
}

/// <summary>Stores a count.</summary>
[GenerateSerializer, Immutable]
[Alias("bench.CounterState")]
public sealed record CounterState
{
    /// <summary>Gets the count.</summary>
    [Id(0)]
    public long Count { get; init; }
}

/// <summary>What a grain costs that checks nothing and tells nobody.</summary>
public sealed class BareCounterGrain([PersistentState("bare", StateStores.Name)] IPersistentState<CounterState> storage) : Grain, IBareCounterGrain
{
    /// <inheritdoc/>
    public async Task<long> AddAsync(CancellationToken cancellationToken)
    {
        storage.State = new CounterState { Count = storage.State.Count + 1 };
        AuditedWrite.Set([]);
        await storage.WriteStateAsync(cancellationToken);
        return storage.State.Count;
    }
}

/// <summary>What the product's grains cost.</summary>
public sealed class GuardedCounterGrain([PersistentState("guarded", StateStores.Name)] IPersistentState<CounterState> storage, TenantGuard guard)
    : StatefulGrain<CounterState>(storage), IGuardedCounterGrain, IGuardedGrain
{
    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        await guard.RefuseAsync(GrainKeys.ReadTree(this.GetPrimaryKeyString()), caller, new AccessNeed(permission), cancellationToken);

    /// <inheritdoc/>
    public async Task<long> AddAsync(CancellationToken cancellationToken)
    {
        await SaveAsync(new CounterState { Count = Current.Count + 1 });
        return Current.Count;
    }
}
