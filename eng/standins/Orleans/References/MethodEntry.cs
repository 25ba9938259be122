using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.CodeGeneration;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>What the runtime knows of one method of a grain interface.</summary>
internal sealed class MethodEntry
{
    private readonly bool[] _copied;
    private readonly bool _resultIsImmutable;
    private readonly ConcurrentDictionary<TypeList, MethodEntry>? _closed;
    private readonly ConcurrentDictionary<Type, MethodInfo> _implementations = new();
    private Func<object, object?[], object?>? _invoke;
    private readonly Special? _special;

    /// <summary>Does something else than call the method, in a turn of the activation.</summary>
    public delegate ValueTask<object?> Special(Activation activation, object?[] arguments);

    public MethodEntry(Type interfaceType, MethodInfo method)
    {
        InterfaceType = interfaceType;
        Method = method;
        Name = method.Name;
        var parameters = method.GetParameters();
        CancellationIndex = Array.FindIndex(parameters, static p => p.ParameterType == typeof(CancellationToken));
        _copied = [.. parameters.Select(static p => !p.IsDefined(typeof(ImmutableAttribute)) && p.ParameterType != typeof(CancellationToken))];
        _resultIsImmutable = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false);
        Options = OptionsOf(method);
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        if (method.IsGenericMethodDefinition)
        {
            _closed = new ConcurrentDictionary<TypeList, MethodEntry>();
            Returns = null!;
        }
        else
        {
            Returns = ReturnShape.For(method.ReturnType);
        }
    }

    private MethodEntry(MethodEntry method, Special special, bool copiesArguments)
    {
        InterfaceType = method.InterfaceType;
        Method = method.Method;
        Name = method.Name;
        Options = method.Options | InvokeMethodOptions.AlwaysInterleave;
        ResponseTimeout = method.ResponseTimeout;
        Returns = method.Returns;
        CancellationIndex = -1;
        _copied = copiesArguments ? method._copied : new bool[method._copied.Length + 1];
        _special = special;
    }

    public Type InterfaceType { get; }

    public MethodInfo Method { get; }

    public string Name { get; }

    public InvokeMethodOptions Options { get; }

    public TimeSpan? ResponseTimeout { get; }

    public ReturnShape Returns { get; }

    /// <summary>The index of the argument that cancels, or -1.</summary>
    public int CancellationIndex { get; }

    /// <summary>The entry of a generic method with its type arguments.</summary>
    public MethodEntry Close(Type[] arguments) => _closed!.GetOrAdd(
        new TypeList(arguments), static (key, self) => new MethodEntry(self.InterfaceType, self.Method.MakeGenericMethod(key.Types)), this);

    /// <summary>Copies what is not immutable. The array is the proxy's own, so it is changed in place.</summary>
    public void CopyArguments(object?[] arguments)
    {
        CopyContext? context = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (_copied[i] && arguments[i] is { } argument && !Copiers.IsImmutable(argument.GetType()))
            {
                arguments[i] = Copiers.CopyObject(argument, context ??= new CopyContext());
            }
        }
    }

    /// <summary>Copies a result unless it is immutable.</summary>
    public object? CopyResult(object? result) =>
        result is null || _resultIsImmutable || Copiers.IsImmutable(result.GetType()) ? result : Copiers.CopyObject(result, new CopyContext());

    /// <summary>Calls the method on a grain and waits for its result.</summary>
    public ValueTask<object?> InvokeAsync(object target, object?[] arguments) =>
        Returns.Await((_invoke ??= Compile())(target, arguments));

    /// <summary>Calls the method on the grain of an activation.</summary>
    public ValueTask<object?> InvokeAsync(Activation activation, object?[] arguments) =>
        _special is null ? InvokeAsync(activation.GrainInstance!, arguments) : _special(activation, arguments);

    /// <summary>The same method for the rest of the runtime, but with another effect.</summary>
    public MethodEntry With(Special special, bool copiesArguments) => new(this, special, copiesArguments);

    /// <summary>Calls a method that returns an enumerable.</summary>
    public object InvokeRaw(object target, object?[] arguments) => (_invoke ??= Compile())(target, arguments)!;

    /// <summary>The class's method that implements this one.</summary>
    public MethodInfo ImplementationIn(Type type) => _implementations.GetOrAdd(type, static (t, self) => self.FindIn(t), this);

    private MethodInfo FindIn(Type type)
    {
        var definition = Method.IsGenericMethod ? Method.GetGenericMethodDefinition() : Method;
        if (!definition.DeclaringType!.IsAssignableFrom(type))
        {
            return Method;
        }

        var map = type.GetInterfaceMap(definition.DeclaringType);
        var index = Array.FindIndex(map.InterfaceMethods, m => m == definition);
        if (index < 0)
        {
            return Method;
        }

        var found = map.TargetMethods[index];
        return Method.IsGenericMethod ? found.MakeGenericMethod(Method.GetGenericArguments()) : found;
    }

    private Func<object, object?[], object?> Compile()
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var typed = Method.GetParameters().Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        Expression call = Expression.Call(Expression.Convert(target, Method.DeclaringType!), Method, typed);
        Expression body = Method.ReturnType == typeof(void)
            ? Expression.Block(call, Expression.Constant(null, typeof(object)))
            : Expression.Convert(call, typeof(object));
        return Expression.Lambda<Func<object, object?[], object?>>(body, target, arguments).Compile();
    }

    private static InvokeMethodOptions OptionsOf(MethodInfo method)
    {
        var options = InvokeMethodOptions.None;
        options |= method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void) ? InvokeMethodOptions.OneWay : 0;
        options |= method.IsDefined(typeof(ReadOnlyAttribute)) ? InvokeMethodOptions.ReadOnly : 0;
        options |= method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? InvokeMethodOptions.AlwaysInterleave : 0;
        return options;
    }

    private readonly struct TypeList(Type[] types) : IEquatable<TypeList>
    {
        public Type[] Types { get; } = types;

        public bool Equals(TypeList other) => Types.AsSpan().SequenceEqual(other.Types);

        public override bool Equals(object? obj) => obj is TypeList other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var type in Types)
            {
                hash.Add(type);
            }

            return hash.ToHashCode();
        }
    }
}
