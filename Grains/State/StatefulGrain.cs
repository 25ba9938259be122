using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.State;

/// <summary>Keeps a grain's state as one immutable value: decide on a new one, write it, and only then expose it.</summary>
/// <remarks>
/// A write carries the version that was read. Where another activation wrote in between, or where the storage fails in any
/// other way and nobody knows what it holds, this activation ends, and the next one reads again: memory never leads storage.
/// Every write says what the audit records of it (<see cref="AuditedWrite"/>), and the storage stores both or neither.
/// </remarks>
/// <param name="storage">Where the state is.</param>
/// <param name="exposed">Where the state is shown to decisions in the same silo; null for a state that none of them needs.</param>
/// <typeparam name="TState">An immutable record; its default value is the state of what does not exist.</typeparam>
public abstract class StatefulGrain<TState>(IPersistentState<TState> storage, ExposedStates? exposed = null) : Grain
    where TState : class, new()
{
    private bool _failed;

    /// <summary>Gets the state as stored.</summary>
    protected TState Current { get; private set; } = new();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Expose(storage.State);
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        exposed?.Hide<TState>(this, this.GetPrimaryKeyString());
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <summary>Writes a state together with the record of the request that is under way, and then exposes it.</summary>
    protected Task SaveAsync(TState next) => SaveAsync(next, [Draft]);

    /// <summary>Gets what the audit says of the current call, for one that shares a write with others.</summary>
    protected static AuditDraft Draft => AuditDraft.Current ?? AuditedWrite.Unasked(typeof(TState));

    /// <summary>Writes a state of which the audit tells nothing: bookkeeping that decides nothing and that nobody asked for.</summary>
    protected Task SaveUnauditedAsync(TState next) => SaveAsync(next, []);

    /// <summary>Writes a state together with the records of the requests that share the write, and then exposes it.</summary>
    protected async Task SaveAsync(TState next, ImmutableArray<AuditDraft> drafts)
    {
        if (_failed)
        {
            throw new InvalidOperationException("An earlier write of this activation failed; the call is to be repeated on the next.");
        }

        storage.State = next;
        AuditedWrite.Set(drafts);
        try
        {
            // Not cancelled with the caller: half a write would leave nobody knowing what is stored.
            await storage.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            _failed = true;
            exposed?.Hide<TState>(this, this.GetPrimaryKeyString());
            storage.State = Current;
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            AuditedWrite.Clear();
        }

        Expose(next);
    }

    private void Expose(TState stored)
    {
        Current = stored;
        exposed?.Show(this, this.GetPrimaryKeyString(), storage.Etag, stored);
    }
}
