using System.Reflection;
using Orleans.Core;
using Orleans.Providers;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What a silo does for its grains.</summary>
internal sealed class GrainRuntime(Silo silo, IGrainFactory factory, ITimerRegistry timers, IServiceProvider services) : IGrainRuntime, IGrainContextAccessor
{
    public string SiloIdentity => silo.Name;

    public SiloAddress SiloAddress => silo.Address;

    public IGrainFactory GrainFactory => factory;

    public ITimerRegistry TimerRegistry => timers;

    public IServiceProvider ServiceProvider => services;

    public TimeProvider TimeProvider => silo.Time;

    public IGrainContext GrainContext => RuntimeContext.Current!;

    public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext)
    {
        var activation = (Activation)grainContext;
        var provider = activation.Class.Type.GetCustomAttribute<StorageProviderAttribute>()?.ProviderName;
        var store = PersistentStateFacet.Find(activation.ActivationServices, provider, activation.Class.Type);
        var state = new StateStorageBridge<TGrainState>(activation.Class.Type.FullName!, activation, store);
        activation.ObservableLifecycle.Subscribe(activation.Class.Type.FullName!, GrainLifecycleStage.SetupState, state);
        return state;
    }
}
