using System.Reflection;
using Microsoft.Extensions.Logging;
using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>A call on its way to a grain.</summary>
internal sealed class GrainCall : Request, IRequest
{
    private CancellationTokenSource? _cancellation;
    private object? _target;

    public GrainCall(ClientRuntime client, MethodEntry method, object?[] arguments, GrainId targetId, GrainId? sourceId, PendingCall? pending)
    {
        Client = client;
        Method = method;
        Arguments = arguments;
        TargetId = targetId;
        SourceId = sourceId;
        Pending = pending;
        Options = method.Options;
        IsReadOnly = (method.Options & InvokeMethodOptions.ReadOnly) != 0;
        IsAlwaysInterleave = (method.Options & InvokeMethodOptions.AlwaysInterleave) != 0;
    }

    public ClientRuntime Client { get; }

    public MethodEntry Method { get; }

    public object?[] Arguments { get; }

    public GrainId TargetId { get; }

    public GrainId? SourceId { get; }

    public RequestContext.Frame? Context { get; init; }

    /// <summary>The activation that calls, or null.</summary>
    public Activation? Caller { get; init; }

    /// <summary>Who waits, or null for one-way calls.</summary>
    public PendingCall? Pending { get; }

    public InvokeMethodOptions Options { get; private set; }

    public bool IsCancellable => Method.CancellationIndex >= 0;

    /// <summary>How often the call was sent on to another activation.</summary>
    public int Forwards { get; set; }

    public override async Task RunAsync(Activation activation)
    {
        if (Pending is { IsDone: true } && activation.Silo.Messaging.DropExpiredMessages)
        {
            return;
        }

        RequestContext.Current = Context;
        _target = activation.GrainInstance;
        object? result = null;
        Exception? failure = null;
        try
        {
            if (IsCancellable)
            {
                PrepareCancellation(activation.Queue);
            }

            var filters = activation.Silo.IncomingFilters;
            result = filters.Length == 0 && _target is not IIncomingGrainCallFilter
                ? await Method.InvokeAsync(activation, Arguments)
                : await new IncomingCallContext(this, activation, filters).RunAsync();
            result = Method.CopyResult(result);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        _cancellation?.Dispose();
        if (failure is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            conflict.IsSourceActivation = false;
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, conflict, conflict.Message));
        }

        if (Pending is null)
        {
            if (failure is not null)
            {
                activation.Silo.Log.LogWarning(failure, "One-way call {Method} of {GrainId} failed", Method.Name, TargetId);
            }

            return;
        }

        Respond(activation.Silo.Executor, result, failure);
    }

    public override void Reject(Exception exception) => Respond(Client.Cluster.Executor, null, exception);

    public override void Reroute() => Client.Cluster.Send(this);

    /// <summary>Calls an object that is no grain, such as an observer.</summary>
    public ValueTask<object?> InvokeOnAsync(object target)
    {
        _target = target;
        return Method.InvokeAsync(target, Arguments);
    }

    public void Respond(ITurnExecutor executor, object? result, Exception? failure)
    {
        if (Pending is { } pending)
        {
            executor.Deliver(SourceId ?? default, (pending, result, failure), static m => m.pending.Complete(m.result, m.failure));
        }
    }

    public object? GetTarget() => _target;

    public void SetTarget(ITargetHolder holder) => _target = holder.GetTarget();

    public async ValueTask<Response> Invoke()
    {
        try
        {
            return Response.FromResult(await Method.InvokeAsync(_target!, Arguments));
        }
        catch (Exception exception)
        {
            return Response.FromException(exception);
        }
    }

    public int GetArgumentCount() => Arguments.Length;

    public object? GetArgument(int index) => Arguments[index];

    public void SetArgument(int index, object value) => Arguments[index] = value;

    public string GetMethodName() => Method.Name;

    public string GetInterfaceName() => Method.InterfaceType.FullName ?? Method.InterfaceType.Name;

    public string GetActivityName() => $"{Method.InterfaceType.Name}/{Method.Name}";

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.InterfaceType;

    public TimeSpan? GetDefaultResponseTimeout() => Method.ResponseTimeout;

    public CancellationToken GetCancellationToken() =>
        IsCancellable && Arguments[Method.CancellationIndex] is CancellationToken token ? token : default;

    public bool TryCancel()
    {
        if (_cancellation is not { } source)
        {
            return false;
        }

        source.Cancel();
        return true;
    }

    public void AddInvokeMethodOptions(InvokeMethodOptions options) => Options |= options;

    public void Dispose()
    {
    }

    public override string ToString() => $"Request [{SourceId} {TargetId}] {Method.InterfaceType.FullName}.{Method.Name}";

    // The callee gets a token of its own: cancellation arrives as a turn, never on the caller's thread.
    private void PrepareCancellation(WorkQueue queue)
    {
        _cancellation = new CancellationTokenSource();
        Arguments[Method.CancellationIndex] = _cancellation.Token;
        Pending?.OnCancelled(() => queue.Run(static s => ((GrainCall)s!).CancelQuietly(), this));
    }

    private void CancelQuietly()
    {
        try
        {
            _cancellation?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended first.
        }
    }
}
