using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>How an activation comes up and ends.</summary>
internal sealed partial class Activation
{
    private bool _endBegun;

    /// <summary>Brings the activation up, in the context of the request that caused it.</summary>
    public void Start(RequestContext.Frame? context) => Queue.Run(
        static s => _ = ((ValueTuple<Activation, RequestContext.Frame?>)s!).Item1.StartAsync(((ValueTuple<Activation, RequestContext.Frame?>)s).Item2),
        (this, context));

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Ending or ActivationState.Gone)
            {
                return;
            }

            _reason = deactivationReason;
            if (_state == ActivationState.Activating)
            {
                // StartAsync sees the reason and goes straight to the end.
                return;
            }

            _state = ActivationState.Deactivating;
            if (_admission.RunningCount == 0)
            {
                BeginEnd();
            }
        }
    }

    /// <summary>Ends at once, as a crash of the silo does: nothing runs any more, callers are told.</summary>
    public void Crash()
    {
        Request[] orphans;
        lock (_gate)
        {
            _state = ActivationState.Gone;
            orphans = _admission.TakeAll();
        }

        Queue.Kill();
        foreach (var timer in TakeTimers())
        {
            timer.Stop();
        }

        foreach (var request in orphans)
        {
            request.Reject(new SiloUnavailableException($"The target silo became unavailable for a request to {GrainId}."));
        }

        _deactivated.TrySetResult();
    }

    /// <summary>Keeps the activation from collection until then; a negative span takes that back.</summary>
    public void DelayDeactivation(TimeSpan span)
    {
        lock (_gate)
        {
            _keepUntil = span == TimeSpan.MaxValue || span == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue
                : span <= TimeSpan.Zero ? DateTimeOffset.MinValue
                : Silo.Time.GetUtcNow() + span;
        }
    }

    /// <summary>Begins to end if nobody has called for as long as the class allows.</summary>
    public bool CollectIfIdle(TimeSpan age)
    {
        lock (_gate)
        {
            var idle = Silo.Time.GetElapsedTime(_lastUsed);
            if (_state != ActivationState.Valid || _admission.RunningCount + _admission.WaitingCount > 0
                || idle < age || _keepUntil > Silo.Time.GetUtcNow())
            {
                return false;
            }
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"The activation was idle for {age}."));
        return true;
    }

    private async Task StartAsync(RequestContext.Frame? context)
    {
        RequestContext.Current = context;
        try
        {
            using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
            _scope = Silo.Services.CreateAsyncScope();
            GrainInstance = Class.Create(this);
            if (GrainInstance is ILifecycleParticipant<IGrainLifecycle> participant)
            {
                participant.Participate(Lifecycle);
            }

            await Lifecycle.StartAsync(timeout.Token);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            await FailAsync(exception);
            return;
        }

        lock (_gate)
        {
            if (_reason.ReasonCode != DeactivationReasonCode.None)
            {
                _state = ActivationState.Deactivating;
                BeginEnd();
                return;
            }

            _state = ActivationState.Valid;
            BeginWaiting();
        }
    }

    private async Task FailAsync(Exception exception)
    {
        Silo.Log.LogWarning(exception, "Grain {GrainId} failed to activate", GrainId);
        await FinishAsync(exception);
    }

    // Called under the gate.
    private void BeginEnd()
    {
        if (_endBegun)
        {
            return;
        }

        _endBegun = true;
        _state = ActivationState.Ending;
        Queue.Run(static s => _ = ((Activation)s!).EndAsync(), this);
    }

    private async Task EndAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
            foreach (var timer in TakeTimers())
            {
                timer.Stop();
            }

            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(_reason, timeout.Token).WaitAsync(timeout.Token);
            }

            await Lifecycle.StopAsync(e => Silo.Log.LogWarning(e, "Grain {GrainId} failed to stop", GrainId), timeout.Token);
        }
        catch (Exception exception)
        {
            Silo.Log.LogWarning(exception, "Grain {GrainId} failed to deactivate", GrainId);
        }

        await FinishAsync(null);
    }

    private async Task FinishAsync(Exception? failure)
    {
        foreach (var timer in TakeTimers())
        {
            timer.Stop();
        }

        try
        {
            switch (GrainInstance)
            {
                case IAsyncDisposable asyncDisposable:
                    await asyncDisposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            Silo.Log.LogWarning(exception, "Grain {GrainId} failed to dispose", GrainId);
        }

        // First out of the directory, then the waiting requests: what is rerouted must find the next activation.
        Owner.Forget(this);
        Request[] waiting;
        lock (_gate)
        {
            _state = ActivationState.Gone;
            waiting = _admission.TakeAllWaiting();
        }

        _deactivated.TrySetResult();
        foreach (var request in waiting)
        {
            if (failure is null)
            {
                request.Reroute();
            }
            else
            {
                request.Reject(failure);
            }
        }
    }
}
