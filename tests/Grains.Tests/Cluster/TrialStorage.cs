using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Tests.Cluster;

/// <summary>Keeps states in memory under versions, and does on request what goes wrong in life.</summary>
public sealed class TrialStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Row> _rows = new();
    /// <summary>Lets the next write of a state fail as a full disk does, before or after it took place.</summary>
    public ConcurrentDictionary<string, bool> FailNext { get; } = new();

    /// <summary>Gets what the audit was told with every write that took place, in order.</summary>
    public ConcurrentQueue<AuditDraft> Told { get; } = new();

    /// <summary>Does as if another activation had written the state.</summary>
    public void WriteBehindBack(string state, GrainId grain) =>
        _rows.AddOrUpdate((state, grain), _ => throw new InvalidOperationException("There is no state yet."), (_, row) => row with { Version = row.Version + 1 });

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId), out var row))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)row.Value, row.ETag, true);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var fails = FailNext.TryRemove(stateName, out var afterwards);
        if (fails && !afterwards)
        {
            throw new IOException("No space left on device.");
        }

        var stored = _rows.TryGetValue((stateName, grainId), out var row) ? row.ETag : null;
        if (stored != grainState.ETag)
        {
            throw new InconsistentStateException($"{grainId} {stateName}", stored, grainState.ETag);
        }

        var next = new Row(grainState.State!, (row?.Version ?? 0) + 1);
        _rows[(stateName, grainId)] = next;
        foreach (var draft in AuditedWrite.Current ?? throw new InvalidOperationException("A write that says nothing of the audit."))
        {
            Told.Enqueue(draft);
        }

        if (fails)
        {
            throw new IOException("The connection broke after the write.");
        }

        (grainState.ETag, grainState.RecordExists) = (next.ETag, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    private sealed record Row(object Value, int Version)
    {
        public string ETag => Version.ToString(CultureInfo.InvariantCulture);
    }
}
