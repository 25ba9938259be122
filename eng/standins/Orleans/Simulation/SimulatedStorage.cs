using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>Storage that takes virtual time, checks versions, and fails as the options say. It outlives every silo.</summary>
public sealed class SimulatedStorage : IGrainStorage
{
    private readonly Dictionary<(string Name, GrainId Grain), Record> _records = [];
    private readonly SimulationExecutor _executor;
    private readonly SimulationOptions _options;
    private long _version;

    internal SimulatedStorage(SimulationExecutor executor, SimulationOptions options)
    {
        _executor = executor;
        _options = options;
    }

    /// <summary>Says whether a write must know the stored version. False makes storage that loses updates, for tests that must fail.</summary>
    public bool ChecksVersions { get; set; } = true;

    /// <summary>What is stored now, or null.</summary>
    public T? Peek<T>(string stateName, GrainId grainId)
        where T : class => _records.TryGetValue((stateName, grainId), out var record) ? (T?)record.State : null;

    /// <inheritdoc />
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeginAsync("read", grainId).ConfigureAwait(false);
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.State = record is null ? InitialState.Of<T>() : Copiers.Copy((T?)record.State, new CopyContext());
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
        _executor.Write($"storage read {grainId} {record?.ETag ?? "nothing"}");
        await DelayAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Taken now, as a real provider serializes before it sends.
        var state = Copiers.Copy(grainState.State, new CopyContext());
        var known = grainState.ETag;
        await BeginAsync("write", grainId).ConfigureAwait(false);
        Check("write", stateName, grainId, known);
        var version = (++_version).ToString();
        _records[(stateName, grainId)] = new Record(state, version);
        _executor.Write($"storage write {grainId} {known ?? "nothing"} -> {version}");
        await EndAsync("write", grainId).ConfigureAwait(false);
        grainState.ETag = version;
        grainState.RecordExists = true;
    }

    /// <inheritdoc />
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var known = grainState.ETag;
        await BeginAsync("clear", grainId).ConfigureAwait(false);
        Check("clear", stateName, grainId, known);
        _records.Remove((stateName, grainId));
        _executor.Write($"storage clear {grainId} {known ?? "nothing"}");
        await EndAsync("clear", grainId).ConfigureAwait(false);
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private async Task BeginAsync(string operation, GrainId grainId)
    {
        await DelayAsync().ConfigureAwait(false);
        if (_executor.Random.Chance(_options.StorageErrors))
        {
            _executor.Write($"storage {operation} {grainId} fails before");
            throw new IOException($"Simulated failure before {operation} of {grainId}.");
        }
    }

    private async Task EndAsync(string operation, GrainId grainId)
    {
        await DelayAsync().ConfigureAwait(false);
        if (_executor.Random.Chance(_options.LostStorageAcknowledgements))
        {
            _executor.Write($"storage {operation} {grainId} loses its acknowledgement");
            throw new IOException($"Simulated loss of the acknowledgement of {operation} of {grainId}.");
        }
    }

    private void Check(string operation, string stateName, GrainId grainId, string? known)
    {
        var stored = _records.GetValueOrDefault((stateName, grainId))?.ETag;
        if (stored != known && ChecksVersions)
        {
            _executor.Write($"storage {operation} {grainId} conflict: stored {stored ?? "nothing"}, known {known ?? "nothing"}");
            throw new InconsistentStateException($"Version conflict ({operation}) of {stateName} of {grainId}.", stored, known);
        }
    }

    private Task DelayAsync() => Task.Delay(_executor.Random.Between(TimeSpan.Zero, _options.MaxStorageDelay), _executor.Time);

    private sealed record Record(object? State, string ETag);
}
