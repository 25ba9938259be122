using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Makes the states that constructor parameters ask for.</summary>
internal static class PersistentStateFacet
{
    private static readonly MethodInfo _create = typeof(IPersistentStateFactory).GetMethod(nameof(IPersistentStateFactory.Create))!;

    public static object Create(ParameterInfo parameter, Activation activation, IPersistentStateConfiguration configuration)
    {
        if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException($"Parameter {parameter.Name} of {parameter.Member.DeclaringType} has [PersistentState] but is no IPersistentState<T>.");
        }

        var factory = activation.ActivationServices.GetRequiredService<IPersistentStateFactory>();
        return _create.MakeGenericMethod(parameter.ParameterType.GetGenericArguments())
            .Invoke(factory, BindingFlags.DoNotWrapExceptions, null, [activation, configuration], null)!;
    }

    /// <summary>Finds a storage provider by name, or throws as the real one does.</summary>
    public static IGrainStorage Find(IServiceProvider services, string? name, object grain)
    {
        var found = name is null or ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME
            ? services.GetService<IGrainStorage>() ?? services.GetKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            : services.GetKeyedService<IGrainStorage>(name);
        return found ?? throw new BadProviderConfigException(
            string.IsNullOrEmpty(name) ? $"No default storage provider found loading grain type {grain}." : $"No storage provider named \"{name}\" found loading grain type {grain}.");
    }
}

/// <summary>Makes states that are read before their grain is activated.</summary>
internal sealed class PersistentStateFactory : IPersistentStateFactory
{
    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
    {
        var store = PersistentStateFacet.Find(context.ActivationServices, config.StorageName, context.GrainId.Type);
        var state = new StateStorageBridge<TState>(config.StateName, context, store);
        context.ObservableLifecycle.Subscribe(config.StateName, GrainLifecycleStage.SetupState, state);
        return state;
    }
}
