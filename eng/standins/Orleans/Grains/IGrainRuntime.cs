using Orleans.Core;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What the silo does for its grains.</summary>
public interface IGrainRuntime
{
    /// <summary>The silo's name.</summary>
    string SiloIdentity { get; }

    /// <summary>The silo's address.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Makes references.</summary>
    IGrainFactory GrainFactory { get; }

    /// <summary>Makes timers.</summary>
    ITimerRegistry TimerRegistry { get; }

    /// <summary>The silo's services.</summary>
    IServiceProvider ServiceProvider { get; }

    /// <summary>The silo's clock.</summary>
    TimeProvider TimeProvider => TimeProvider.System;

    /// <summary>Ends an activation after the requests that run now.</summary>
    void DeactivateOnIdle(IGrainContext grainContext);

    /// <summary>Keeps an activation from collection.</summary>
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);

    /// <summary>Finds the state of a <see cref="Grain{TGrainState}"/>.</summary>
    IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext);
}
