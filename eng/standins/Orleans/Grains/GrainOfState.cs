using Orleans.Core;
using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain with one state, kept by the provider that <see cref="Providers.StorageProviderAttribute"/> names.</summary>
public class Grain<TGrainState> : Grain
{
    private readonly IStorage<TGrainState> _storage;

    /// <summary>Asks the runtime for the state.</summary>
    protected Grain() => _storage = Runtime.GetStorage<TGrainState>(GrainContext);

    /// <summary>Takes the state, for tests without a silo.</summary>
    protected Grain(IStorage<TGrainState> storage) => _storage = storage;

    /// <summary>The state in memory.</summary>
    protected TGrainState State
    {
        get => _storage.State;
        set => _storage.State = value;
    }

    /// <summary>Removes the stored state.</summary>
    protected virtual Task ClearStateAsync() => _storage.ClearStateAsync();

    /// <summary>Stores the state.</summary>
    protected virtual Task WriteStateAsync() => _storage.WriteStateAsync();

    /// <summary>Reads the stored state.</summary>
    protected virtual Task ReadStateAsync() => _storage.ReadStateAsync();
}
