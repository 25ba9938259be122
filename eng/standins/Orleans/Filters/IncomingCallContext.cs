using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>Leads one arriving call through the silo's filters, the grain's own, and to the method.</summary>
internal sealed class IncomingCallContext(GrainCall call, Activation activation, IIncomingGrainCallFilter[] filters) : IIncomingGrainCallContext
{
    private int _stage;

    public IInvokable Request => call;

    public object Grain => activation.GrainInstance!;

    public IGrainContext TargetContext => activation;

    public GrainId? SourceId => call.SourceId;

    public GrainId TargetId => call.TargetId;

    public GrainInterfaceType InterfaceType => GrainInterfaceType.Create(InterfaceName);

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.Method.Name;

    public MethodInfo InterfaceMethod => call.Method.Method;

    public MethodInfo ImplementationMethod => call.Method.ImplementationIn(activation.Class.Type);

    public Response? Response { get; set; }

    public object? Result
    {
        get => Response?.Exception is null ? Response?.Result : null;
        set => Response = Response.FromResult(value);
    }

    public async Task<object?> RunAsync()
    {
        await Invoke();
        if (Response is { Exception: { } failure })
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return Response?.Result;
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
        {
            await filters[stage].Invoke(this);
        }
        else if (stage == filters.Length && activation.GrainInstance is IIncomingGrainCallFilter own)
        {
            await own.Invoke(this);
        }
        else
        {
            var result = await call.Method.InvokeAsync(activation, call.Arguments);
            Response = Response.FromResult(result);
        }

        _stage = stage;
    }
}
