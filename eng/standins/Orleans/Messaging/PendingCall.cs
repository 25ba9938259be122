using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>A caller that waits for a response, a timeout or its own cancellation, whichever is first.</summary>
internal abstract class PendingCall
{
    private readonly Lock _gate = new();
    private Action? _onCancelled;
    private bool _cancelRequested;
    private int _done;
    private CancellationTokenRegistration _registration;

    public bool IsDone => Volatile.Read(ref _done) != 0;

    /// <summary>Where the timeout is kept; owned by <see cref="CallTimeouts"/>.</summary>
    public object? TimeoutEntry { get; set; }

    public required ClientRuntime Client { get; init; }

    public required MethodEntry Method { get; init; }

    public required GrainId Target { get; init; }

    public void Complete(object? result, Exception? failure)
    {
        if (!TryEnd())
        {
            return;
        }

        if (failure is null)
        {
            SetResult(result);
        }
        else
        {
            SetException(ExceptionCopier.Copy(failure));
        }
    }

    public void TimeOut(TimeSpan after)
    {
        if (TryEnd())
        {
            if (Client.Messaging.CancelRequestOnTimeout)
            {
                SignalCancelled();
            }

            SetException(new TimeoutException(
                $"Response did not arrive on time in {after} for message: Request {Method.InterfaceType.FullName}.{Method.Name} to {Target}."));
        }
    }

    /// <summary>Watches the caller's token.</summary>
    public void Watch(CancellationToken token) =>
        _registration = token.UnsafeRegister(static (s, t) => ((PendingCall)s!).Cancel(t), this);

    /// <summary>Says what to do when the caller cancels; at once if it already has.</summary>
    public void OnCancelled(Action action)
    {
        lock (_gate)
        {
            if (!_cancelRequested)
            {
                _onCancelled = action;
                return;
            }
        }

        action();
    }

    protected abstract void SetResult(object? result);

    protected abstract void SetException(Exception exception);

    protected abstract void SetCanceled(CancellationToken token);

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _done, 1) != 0)
        {
            return false;
        }

        _registration.Unregister();
        Client.Timeouts.Forget(this);
        return true;
    }

    private void Cancel(CancellationToken token)
    {
        SignalCancelled();
        if (!Client.Messaging.WaitForCancellationAcknowledgement && TryEnd())
        {
            SetCanceled(token);
        }
    }

    private void SignalCancelled()
    {
        Action? action;
        lock (_gate)
        {
            _cancelRequested = true;
            action = _onCancelled;
            _onCancelled = null;
        }

        action?.Invoke();
    }
}

/// <summary>A caller that waits for a value of a type.</summary>
internal sealed class PendingCall<T>(TaskCreationOptions options) : PendingCall
{
    private readonly TaskCompletionSource<T> _source = new(options);

    public Task<T> Task => _source.Task;

    protected override void SetResult(object? result) => _source.TrySetResult((T)result!);

    protected override void SetException(Exception exception) => _source.TrySetException(exception);

    protected override void SetCanceled(CancellationToken token) => _source.TrySetCanceled(token);
}
