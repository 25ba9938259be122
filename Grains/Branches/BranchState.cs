using System.Collections.Immutable;

namespace W0rktree.Grains.Branches;

/// <summary>Stores a branch; the default value is that of one that never was.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.BranchState")]
public sealed record BranchState
{
    /// <summary>Gets the name, of which the grain's key is only the hash.</summary>
    [Id(0)]
    public BranchName Name { get; init; }

    /// <summary>Gets the head; zero while there is no such branch.</summary>
    [Id(1)]
    public SnapshotId Head { get; init; }

    /// <summary>Gets how often the branch changed.</summary>
    [Id(2)]
    public long Version { get; init; }

    /// <summary>Gets the last moves, newest last: a repeated push is answered from here, and so is an event that a crash swallowed.</summary>
    [Id(3)]
    public ImmutableArray<BranchMove> Moves { get; init; } = [];

    /// <summary>Gets whether the branch is there.</summary>
    internal bool Exists => !Head.IsZero;
}

/// <summary>Records one change of a branch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.BranchMove")]
public sealed record BranchMove
{
    /// <summary>Gets the head before; zero where there was none.</summary>
    [Id(0)]
    public required SnapshotId From { get; init; }

    /// <summary>Gets the head after; zero where the branch was deleted.</summary>
    [Id(1)]
    public required SnapshotId To { get; init; }

    /// <summary>Gets the version after.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>Gets who did it.</summary>
    [Id(3)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the name of who did it.</summary>
    [Id(4)]
    public required string AccountSlug { get; init; }

    /// <summary>Gets when.</summary>
    [Id(5)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the id of the request.</summary>
    [Id(6)]
    public required string RequestId { get; init; }
}
