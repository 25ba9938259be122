using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>Leads one call that is made through the outgoing filters.</summary>
internal sealed class OutgoingCallContext<T>(
    ClientRuntime runtime, GrainReference target, MethodEntry method, object?[] arguments, Activation? caller, IOutgoingGrainCallFilter[] filters)
    : IOutgoingGrainCallContext
{
    private readonly GrainCall _request = new(runtime, method, arguments, target.GrainId, caller?.GrainId ?? runtime.Id, null);
    private int _stage;

    public IInvokable Request => _request;

    public object Grain => target;

    public IGrainContext? SourceContext => caller;

    public GrainId? SourceId => _request.SourceId;

    public GrainId TargetId => target.GrainId;

    public GrainInterfaceType InterfaceType => target.InterfaceType;

    public string InterfaceName => _request.GetInterfaceName();

    public string MethodName => method.Name;

    public MethodInfo InterfaceMethod => method.Method;

    public Response? Response { get; set; }

    public object? Result
    {
        get => Response?.Exception is null ? Response?.Result : null;
        set => Response = Response.FromResult(value);
    }

    public async Task<T> RunAsync()
    {
        await Invoke();
        if (Response is { Exception: { } failure })
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return (T)Response?.Result!;
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
        {
            await filters[stage].Invoke(this);
        }
        else
        {
            // The array is copied, so that a filter that calls Invoke twice sends the same arguments twice.
            Response = Response.FromResult(await runtime.Send<T>(target, method, [.. arguments], caller));
        }

        _stage = stage;
    }
}
