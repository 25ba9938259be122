using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.State;

/// <summary>Lets Orleans keep grain states in a table of ours. Thread-safe.</summary>
/// <remarks>A write that says nothing of its audit is refused: there is no way around the record.</remarks>
internal sealed class StateGrainStorage(IStateTable states) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await states.ReadAsync(KeyOf(stateName, grainId), CancellationToken.None);
        grainState.RecordExists = row?.Payload is not null;
        grainState.ETag = row is null ? null : Format(row.Version);
        grainState.State = row?.Payload is { } payload
            ? JsonSerializer.Deserialize<T>(payload, StateJson.Options) ?? throw new InvalidDataException($"The state '{stateName}' of {grainId} is empty.")
            : Activator.CreateInstance<T>();
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(stateName, grainId, grainState, JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options));
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(stateName, grainId, grainState, null);
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private async Task WriteAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? payload)
    {
        var drafts = AuditedWrite.Current
            ?? throw new InvalidOperationException($"The state '{stateName}' of {grainId} would be written without the audit: write through StatefulGrain.");
        var expected = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        var stored = await states.WriteAsync(new StateWrite(KeyOf(stateName, grainId), expected, payload, drafts), CancellationToken.None);
        if (!stored.Written)
        {
            throw new InconsistentStateException($"The state '{stateName}' of {grainId} was written by another activation.", stored.Version == 0 ? null : Format(stored.Version), grainState.ETag);
        }

        grainState.ETag = Format(stored.Version);
    }

    private static StateKey KeyOf(string stateName, GrainId grainId) => new(stateName, grainId.ToString());

    private static string Format(long version) => version.ToString(CultureInfo.InvariantCulture);
}
