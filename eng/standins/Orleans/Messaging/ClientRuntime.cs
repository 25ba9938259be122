using Orleans.CodeGeneration;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>Makes calls: for the code of one silo, or for one client outside of silos.</summary>
internal sealed class ClientRuntime : IDisposable
{
    private readonly Lazy<IOutgoingGrainCallFilter[]> _filters;

    public ClientRuntime(Cluster cluster, string name, MessagingOptions messaging, Func<IEnumerable<IOutgoingGrainCallFilter>> filters)
    {
        Cluster = cluster;
        Messaging = messaging;
        Id = GrainId.Create(GrainTypePrefix.ClientGrainType, name);
        References = new ReferenceFactory(this);
        Observers = new ObserverTable(this);
        Timeouts = cluster.NewTimeouts();
        _filters = new Lazy<IOutgoingGrainCallFilter[]>(() => [.. filters()]);
    }

    public Cluster Cluster { get; }

    public MessagingOptions Messaging { get; }

    /// <summary>Who calls where no grain does.</summary>
    public GrainId Id { get; }

    public ReferenceFactory References { get; }

    public ObserverTable Observers { get; }

    public CallTimeouts Timeouts { get; }

    /// <summary>Set when the client's host has stopped: nothing can be sent any more.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Calls a method through the outgoing filters.</summary>
    public Task<T> Call<T>(GrainReference target, MethodEntry method, object?[] arguments)
    {
        var caller = RuntimeContext.Current as Activation;

        // A reference may travel: calls from a grain are made by its own silo, whoever made the reference.
        var runtime = caller is { } activation && activation.Silo.Client.Cluster == Cluster ? activation.Silo.Client : this;
        return runtime._filters.Value.Length == 0
            ? runtime.Send<T>(target, method, arguments, caller)
            : new OutgoingCallContext<T>(runtime, target, method, arguments, caller, runtime._filters.Value).RunAsync();
    }

    /// <summary>Sends a call and waits, unless it is one-way.</summary>
    public Task<T> Send<T>(GrainReference target, MethodEntry method, object?[] arguments, Activation? caller)
    {
        if (IsStopped)
        {
            return Task.FromException<T>(new SiloUnavailableException($"The local Orleans host is shutting down and can no longer process the request: {method.Name} to {target.GrainId}."));
        }

        var token = method.CancellationIndex >= 0 && arguments[method.CancellationIndex] is CancellationToken given ? given : default;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(token);
        }

        method.CopyArguments(arguments);
        var isOneWay = (method.Options & InvokeMethodOptions.OneWay) != 0;
        var pending = isOneWay ? null : new PendingCall<T>(Cluster.Executor.CompletionOptions) { Client = this, Method = method, Target = target.GrainId };
        var frame = RequestContext.Current;
        var call = new GrainCall(this, method, arguments, target.GrainId, caller?.GrainId ?? Id, pending)
        {
            Context = frame?.Values is { } values ? frame with { Values = Serialization.Copiers.CopyContextValues(values) } : frame,
            ReentrancyId = frame?.ReentrancyId ?? Guid.Empty,
            Caller = caller,
        };
        if (pending is null)
        {
            Cluster.Post(call);
            return Task.FromResult<T>(default!);
        }

        Timeouts.Track(pending, method.ResponseTimeout ?? Messaging.ResponseTimeout);
        if (token.CanBeCanceled)
        {
            pending.Watch(token);
        }

        Cluster.Post(call);
        return pending.Task;
    }

    public void Dispose()
    {
        IsStopped = true;
        Timeouts.Dispose();
        Observers.Clear();
    }
}
