using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Reflog;

/// <summary>A reference that an operation moved. Null stands for a reference that was not there.</summary>
/// <param name="Name">Name of the reference, as in the table of references.</param>
/// <param name="Before">Where it stood.</param>
/// <param name="After">Where it stands now.</param>
public sealed record RefChange(string Name, ContentHash? Before, ContentHash? After);

/// <summary>One operation in the reflog.</summary>
/// <param name="Sequence">Number of the entry; the first ever is 1.</param>
/// <param name="Time">When it happened, with the zone of the clock.</param>
/// <param name="Operation">What was done, such as <c>snapshot</c>: 1 to 64 characters.</param>
/// <param name="Details">A JSON value with whatever else there is to say, at most 1 MiB.</param>
/// <param name="Changes">The references that moved.</param>
/// <param name="Previous">Hash of the entry before; zero for the first.</param>
/// <param name="Hash">Hash of this entry, which covers <paramref name="Previous"/>.</param>
public sealed record ReflogEntry(
    ulong Sequence, SnapshotTime Time, string Operation, string Details, ImmutableArray<RefChange> Changes,
    ContentHash Previous, ContentHash Hash);

/// <summary>The end of the log: number and hash of the newest entry; zero for an empty log.</summary>
public readonly record struct ReflogHead(ulong Sequence, ContentHash Hash);

/// <summary>What pruning did.</summary>
/// <param name="Entries">Entries that went.</param>
/// <param name="Pruned">The last entry that is no longer there: the log's checkpoint, whose number counts all that ever went.</param>
public readonly record struct ReflogPruning(ulong Entries, ReflogHead Pruned);

/// <summary>How far the log stands in its file.</summary>
internal readonly record struct ReflogMark(ulong File, long LengthBytes, ulong Sequence, ContentHash Hash);

/// <summary>What a transaction wants logged; number, time and hashes come with the commit.</summary>
internal sealed record ReflogDraft(string Operation, string Details, ImmutableArray<RefChange> Changes);
