namespace W0rktree.Silo.State;

/// <summary>Names one state of one grain.</summary>
/// <param name="State">The state's name.</param>
/// <param name="Grain">The grain's type and key.</param>
internal readonly record struct StateKey(string State, string Grain);

/// <summary>Holds what is stored under a key.</summary>
/// <param name="Version">From 1 on; grows with each write, a removal included, so that no version ever comes back.</param>
/// <param name="Payload">The state; null where it was removed.</param>
internal sealed record StateRow(long Version, byte[]? Payload);

/// <summary>Answers a write.</summary>
/// <param name="Written">Whether the expected version was there.</param>
/// <param name="Version">The version that is stored now.</param>
internal readonly record struct StateWritten(bool Written, long Version);
