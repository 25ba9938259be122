using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>A call as a filter sees it.</summary>
public interface IGrainCallContext
{
    /// <summary>Method and arguments.</summary>
    IInvokable Request { get; }

    /// <summary>The grain: its object on the incoming side, its reference on the outgoing side.</summary>
    object Grain { get; }

    /// <summary>Who calls, or null outside of any grain or client.</summary>
    GrainId? SourceId { get; }

    /// <summary>Who is called.</summary>
    GrainId TargetId { get; }

    /// <summary>The interface.</summary>
    GrainInterfaceType InterfaceType { get; }

    /// <summary>The interface's name.</summary>
    string InterfaceName { get; }

    /// <summary>The method's name.</summary>
    string MethodName { get; }

    /// <summary>The interface's method.</summary>
    MethodInfo InterfaceMethod { get; }

    /// <summary>The value that the call returns.</summary>
    object? Result { get; set; }

    /// <summary>The outcome of the call.</summary>
    Response? Response { get; set; }

    /// <summary>Goes on to the next filter and in the end to the method.</summary>
    Task Invoke();
}

/// <summary>A call as a filter sees it where it arrives.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation.</summary>
    IGrainContext TargetContext { get; }

    /// <summary>The grain class's method.</summary>
    MethodInfo ImplementationMethod { get; }
}

/// <summary>A call as a filter sees it where it is made.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation that calls, or null.</summary>
    IGrainContext? SourceContext { get; }
}

/// <summary>Stands before every call that arrives at a silo, or at one grain that implements it.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Does its work around <see cref="IGrainCallContext.Invoke"/>.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Stands before every call that is made.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Does its work around <see cref="IGrainCallContext.Invoke"/>.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}

/// <summary>An incoming filter as a delegate.</summary>
public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);

/// <summary>An outgoing filter as a delegate.</summary>
public delegate Task OutgoingGrainCallFilterDelegate(IOutgoingGrainCallContext context);
