using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One state of one activation: its operations run one after another, and their errors become the runtime's.</summary>
internal sealed class StateStorageBridge<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly string _name;
    private readonly IGrainContext _context;
    private readonly IGrainStorage _store;
    private readonly GrainState<TState> _state = new(InitialState.Of<TState>());
    private Task _last = Task.CompletedTask;
    private bool _isRead;

    public StateStorageBridge(string name, IGrainContext context, IGrainStorage store)
    {
        _name = name;
        _context = context;
        _store = store;
    }

    public TState State
    {
        get
        {
            CheckContext();
            return _state.State!;
        }

        set
        {
            CheckContext();
            _state.State = value;
        }
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _isRead ? _state.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => Queue("ReadStateAsync", async token =>
    {
        await _store.ReadStateAsync(_name, _context.GrainId, _state, token);
        _isRead = true;
    }, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        Queue("WriteStateAsync", token => _store.WriteStateAsync(_name, _context.GrainId, _state, token), cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => Queue("ClearStateAsync", async token =>
    {
        await _store.ClearStateAsync(_name, _context.GrainId, _state, token);
        _state.State = InitialState.Of<TState>();
        _state.RecordExists = false;
    }, cancellationToken);

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync(cancellationToken);

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private void CheckContext()
    {
        if (_context is Activation && RuntimeContext.Current is null)
        {
            throw new InvalidOperationException(
                "Activation access violation. State is used outside of its grain's turns: after an await without its context, or on another thread.");
        }
    }

    private Task Queue(string operation, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        CheckContext();
        return _last = RunAsync(_last, operation, work, cancellationToken);
    }

    private async Task RunAsync(Task last, string operation, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!last.IsCompleted)
        {
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await work(cancellationToken);
        }
        catch (Exception exception) when (exception is not OrleansException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new OrleansException(
                $"Error from storage provider {_store.GetType().Name}.{_name} during {operation} for grain {_context.GrainId}{Environment.NewLine} {exception.Message}", exception);
        }
    }
}
