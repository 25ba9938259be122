using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Orleans.Runtime;

/// <summary>What the runtime knows of one grain class.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInfo _constructor;
    private readonly ParameterInfo[] _parameters;

    public GrainClass(Type type, GrainType name = default)
    {
        Type = type;
        GrainType = name.IsDefault ? NameOf(type) : name;
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Placement = type.GetCustomAttribute<PlacementAttribute>(inherit: true)?.PlacementStrategy;
        AgeLimit = type.GetCustomAttribute<CollectionAgeLimitAttribute>(inherit: true)?.AgeLimit;
        KeepAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true) || AgeLimit == Timeout.InfiniteTimeSpan;
        if (type.GetCustomAttribute<MayInterleaveAttribute>(inherit: true) is { } may)
        {
            MayInterleave = PredicateOf(type, may.CallbackMethodName);
        }

        if (type.IsGenericTypeDefinition)
        {
            // Only closed classes are ever constructed.
            _constructor = null!;
            _parameters = [];
            return;
        }

        _constructor = type.GetConstructors() is [var only] ? only
            : type.GetConstructors().OrderByDescending(static c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
                .ThenByDescending(static c => c.GetParameters().Length).FirstOrDefault()
                ?? throw new OrleansConfigurationException($"Grain class {type} has no public constructor.");
        _parameters = _constructor.GetParameters();
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public bool KeepAlive { get; }

    public TimeSpan? AgeLimit { get; }

    public PlacementStrategy? Placement { get; }

    public Func<object?, GrainCall, bool>? MayInterleave { get; }

    /// <summary>Makes a grain object in the turn of its activation.</summary>
    public object Create(Activation activation)
    {
        var services = activation.ActivationServices;
        var arguments = new object?[_parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Resolve(_parameters[i], activation, services);
        }

        return _constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private object? Resolve(ParameterInfo parameter, Activation activation, IServiceProvider services)
    {
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } facet)
        {
            return PersistentStateFacet.Create(parameter, activation, facet);
        }

        if (parameter.ParameterType == typeof(IGrainContext))
        {
            return activation;
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            return parameter.HasDefaultValue
                ? ((IKeyedServiceProvider)services).GetKeyedService(parameter.ParameterType, keyed.Key)
                : services.GetRequiredKeyedService(parameter.ParameterType, keyed.Key);
        }

        return services.GetService(parameter.ParameterType)
            ?? (parameter.HasDefaultValue ? parameter.DefaultValue
                : throw new InvalidOperationException($"Unable to resolve service for type '{parameter.ParameterType}' while attempting to activate '{Type}'."));
    }

    private static GrainType NameOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>() is { } attribute)
        {
            return attribute.GetGrainType(null!, type);
        }

        var name = type.Name.ToLower(System.Globalization.CultureInfo.InvariantCulture);
        var tick = name.IndexOf('`');
        var plain = tick < 0 ? name : name[..tick];
        if (plain.Length > 5 && plain.EndsWith("grain", StringComparison.Ordinal))
        {
            plain = plain[..^5];
        }

        return GrainType.Create(tick < 0 ? plain : plain + name[tick..]);
    }

    private static Func<object?, GrainCall, bool> PredicateOf(Type type, string name)
    {
        var method = type.GetMethod(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy);
        if (method is null || method.ReturnType != typeof(bool) || method.GetParameters() is not [{ ParameterType: var argument }]
            || !argument.IsAssignableFrom(typeof(Serialization.Invocation.IInvokable)))
        {
            throw new InvalidOperationException($"Class {type} has no method '{name}' from IInvokable to bool, as MayInterleave needs.");
        }

        return (instance, call) => (bool)method.Invoke(method.IsStatic ? null : instance, BindingFlags.DoNotWrapExceptions, null, [call], null)!;
    }
}
