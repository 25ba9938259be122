using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>Keeps states in memory, with versions. In a cluster of several silos all share one.</summary>
internal sealed class MemoryStateStore : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), Record> _records = new();
    private readonly Lock _gate = new();
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            if (_records.TryGetValue((stateName, grainId), out var record))
            {
                grainState.State = Copiers.Copy((T?)record.State, new CopyContext());
                grainState.ETag = record.ETag;
                grainState.RecordExists = true;
            }
            else
            {
                grainState.State = InitialState.Of<T>();
                grainState.ETag = null;
                grainState.RecordExists = false;
            }
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            Check(stateName, grainId, grainState.ETag, "write");
            var version = (++_version).ToString();
            _records[(stateName, grainId)] = new Record(Copiers.Copy(grainState.State, new CopyContext()), version);
            grainState.ETag = version;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            Check(stateName, grainId, grainState.ETag, "clear");
            _records.TryRemove((stateName, grainId), out _);
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    private void Check(string stateName, GrainId grainId, string? known, string operation)
    {
        var stored = _records.TryGetValue((stateName, grainId), out var record) ? record.ETag : null;
        if (stored != known)
        {
            throw new InconsistentStateException($"Version conflict ({operation}): ProviderName=Memory GrainType={stateName} GrainId={grainId}.", stored, known);
        }
    }

    private sealed record Record(object? State, string ETag);
}
