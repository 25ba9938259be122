using Orleans.Runtime;

namespace Orleans.Core
{
    /// <summary>A stored state without its type.</summary>
    public interface IStorage
    {
        /// <summary>The stored version that memory is based on.</summary>
        string? Etag { get; }

        /// <summary>Tells whether something is stored.</summary>
        bool RecordExists { get; }

        /// <summary>Removes the stored state.</summary>
        Task ClearStateAsync();

        /// <summary>Stores the state.</summary>
        Task WriteStateAsync();

        /// <summary>Reads the stored state.</summary>
        Task ReadStateAsync();

        /// <summary>Removes the stored state.</summary>
        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        /// <summary>Stores the state.</summary>
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        /// <summary>Reads the stored state.</summary>
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    /// <summary>A stored state.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The state in memory.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A named state of a grain.</summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>
    {
    }

    /// <summary>Makes the states of grains.</summary>
    public interface IPersistentStateFactory
    {
        /// <summary>Makes a state that is read before the grain is activated.</summary>
        IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config);
    }
}

namespace Orleans
{
    /// <summary>A state with its version, as storage providers see it.</summary>
    public interface IGrainState<T>
    {
        /// <summary>The state.</summary>
        T? State { get; set; }

        /// <summary>The stored version.</summary>
        string? ETag { get; set; }

        /// <summary>Tells whether something is stored.</summary>
        bool RecordExists { get; set; }
    }

    /// <summary>A state with its version.</summary>
    [GenerateSerializer]
    public sealed class GrainState<T> : IGrainState<T>
    {
        /// <summary>Holds nothing.</summary>
        public GrainState()
        {
        }

        /// <summary>Holds a state.</summary>
        public GrainState(T? state)
            : this(state, null)
        {
        }

        /// <summary>Holds a state and its version.</summary>
        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        /// <inheritdoc />
        [Id(0)]
        public T? State { get; set; }

        /// <inheritdoc />
        [Id(1)]
        public string? ETag { get; set; }

        /// <inheritdoc />
        [Id(2)]
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>Stores the states of grains.</summary>
    public interface IGrainStorage
    {
        /// <summary>Reads state and version; both are null where nothing is stored.</summary>
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <summary>Reads state and version.</summary>
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ReadStateAsync(stateName, grainId, grainState);

        /// <summary>Stores the state if the stored version is the one in <paramref name="grainState"/>, else throws <see cref="InconsistentStateException"/>.</summary>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <summary>Stores the state.</summary>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            WriteStateAsync(stateName, grainId, grainState);

        /// <summary>Removes the state if the stored version is the one in <paramref name="grainState"/>.</summary>
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <summary>Removes the state.</summary>
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ClearStateAsync(stateName, grainId, grainState);
    }
}
