namespace W0rktree.Protocol.Ipc;

/// <summary>Asks for a collection of what nothing refers to.</summary>
/// <param name="DryRun">Whether to find out and change nothing.</param>
public sealed record GcParams(bool DryRun = false);

/// <summary>Answers <see cref="GcParams"/>.</summary>
public sealed record GcResult
{
    public required bool DryRun { get; init; }

    /// <summary>Gets the number of things that keep objects, by where they come from.</summary>
    public required IReadOnlyDictionary<string, int> Roots { get; init; }

    /// <summary>Gets the number of objects that they reach.</summary>
    public required long Reachable { get; init; }

    /// <summary>Gets what nothing refers to and has to wait for the end of the grace period.</summary>
    public required GcFigures Waiting { get; init; }

    /// <summary>Gets what went, or would go.</summary>
    public required GcFigures Removed { get; init; }

    /// <summary>Gets when the first of what waits may go.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>Gets how many entries the reflog lost, because they were older than its retention.</summary>
    public long ReflogPruned { get; init; }

    /// <summary>Gets the bytes of the store's files before.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Gets the bytes of the store's files after.</summary>
    public required long BytesAfter { get; init; }

    /// <summary>Gets the number of packs after.</summary>
    public required int Packs { get; init; }
}

/// <summary>A number of objects, and the bytes that they take in packs.</summary>
public sealed record GcFigures(long Objects, long Bytes);
