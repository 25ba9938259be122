using System.Reflection;
using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace Orleans.CodeGeneration
{
    /// <summary>How a method is called.</summary>
    [Flags]
    [GenerateSerializer]
    public enum InvokeMethodOptions
    {
        /// <summary>As usual.</summary>
        None = 0,

        /// <summary>Without waiting for an answer.</summary>
        OneWay = 1,

        /// <summary>Between the turns of other read-only requests.</summary>
        ReadOnly = 2,

        /// <summary>Between the turns of any request.</summary>
        AlwaysInterleave = 4,

        /// <summary>Has no effect.</summary>
        Unordered = 8,
    }
}

namespace Orleans.Serialization.Invocation
{
    /// <summary>Holds what a call is made on.</summary>
    public interface ITargetHolder
    {
        /// <summary>The object.</summary>
        object? GetTarget();

        /// <summary>A component kept beside it.</summary>
        object? GetComponent(Type componentType);
    }

    /// <summary>A call: method and arguments.</summary>
    public interface IInvokable : IDisposable
    {
        /// <summary>Tells whether the method takes a cancellation token.</summary>
        bool IsCancellable { get; }

        /// <summary>The object that the method is called on.</summary>
        object? GetTarget();

        /// <summary>Sets the object that the method is called on.</summary>
        void SetTarget(ITargetHolder holder);

        /// <summary>Calls the method.</summary>
        ValueTask<Response> Invoke();

        /// <summary>The number of arguments.</summary>
        int GetArgumentCount();

        /// <summary>One argument.</summary>
        object? GetArgument(int index);

        /// <summary>Replaces one argument.</summary>
        void SetArgument(int index, object value);

        /// <summary>The method's name.</summary>
        string GetMethodName();

        /// <summary>The interface's name.</summary>
        string GetInterfaceName();

        /// <summary>Interface and method.</summary>
        string GetActivityName();

        /// <summary>The interface's method.</summary>
        MethodInfo GetMethod();

        /// <summary>The interface.</summary>
        Type GetInterfaceType();

        /// <summary>The method's own response timeout.</summary>
        TimeSpan? GetDefaultResponseTimeout();

        /// <summary>The call's cancellation token.</summary>
        CancellationToken GetCancellationToken();

        /// <summary>Signals cancellation to the method.</summary>
        bool TryCancel();
    }
}

namespace Orleans.Runtime
{
    /// <summary>A call with its options.</summary>
    public interface IRequest : IInvokable
    {
        /// <summary>The options.</summary>
        InvokeMethodOptions Options { get; }

        /// <summary>Adds to the options.</summary>
        void AddInvokeMethodOptions(InvokeMethodOptions options);
    }
}
