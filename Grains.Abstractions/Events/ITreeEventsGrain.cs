using System.Collections.Immutable;
using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Events;

/// <summary>Numbers what happens in one tree and keeps the last thousand of it. Key: <c>GrainKeys.Tree</c>.</summary>
[Alias("wt.ITreeEventsGrain")]
public interface ITreeEventsGrain : IGrainWithStringKey
{
    /// <summary>Adds events; a key that is already there is not added again. Answers once they are stored.</summary>
    /// <remarks>Interleaves so that what arrives during a write shares the next, and so that no grain waits in a circle.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task PublishAsync(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>Reads what the caller may see of what came after a number.</summary>
    [Requires(Permission.BranchRead)]
    [AlwaysInterleave]
    Task<Reply<EventPage>> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Wakes an open stream when there is something new. The watch lapses after a minute unless renewed.</summary>
    [Requires(Permission.BranchRead)]
    [AlwaysInterleave]
    Task<Reply<EventPage>> WatchAsync(IWakeObserver observer, CancellationToken cancellationToken);

    /// <summary>Wakes every watcher without news, so that each asks again whether it may still read.</summary>
    [SystemOnly]
    [AlwaysInterleave]
    Task WakeAsync(CancellationToken cancellationToken);

    /// <summary>Tells the newest number.</summary>
    [SystemOnly]
    [AlwaysInterleave]
    Task<long> LatestAsync(CancellationToken cancellationToken);

    /// <summary>Ends the watch.</summary>
    [Anonymous]
    [AlwaysInterleave]
    Task UnwatchAsync(IWakeObserver observer, CancellationToken cancellationToken);
}

/// <summary>Tells what happened. The numbers are stored.</summary>
public enum EventKind
{
    /// <summary>A branch was created or moved.</summary>
    BranchMoved = 1,

    /// <summary>A branch was deleted.</summary>
    BranchDeleted = 2,

    /// <summary>Staged work is new or changed.</summary>
    Staged = 3,

    /// <summary>Staged work ended: pushed, cleared or expired.</summary>
    StagedEnded = 4,

    /// <summary>Two people's staged work meets.</summary>
    Overlap = 5,
}

/// <summary>Describes one thing that happened.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TreeEvent")]
public sealed record TreeEvent
{
    /// <summary>Gets its number; given by this grain, from 1 without gaps.</summary>
    [Id(0)]
    public long Sequence { get; init; }

    /// <summary>Gets what keeps a repeated publication from counting twice.</summary>
    [Id(1)]
    public required string Key { get; init; }

    /// <summary>Gets what happened.</summary>
    [Id(2)]
    public required EventKind Kind { get; init; }

    /// <summary>Gets when.</summary>
    [Id(3)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the branch, where there is one.</summary>
    [Id(4)]
    public BranchName Branch { get; init; }

    /// <summary>Gets who did it.</summary>
    [Id(5)]
    public AccountId Account { get; init; }

    /// <summary>Gets the name of who did it.</summary>
    [Id(6)]
    public string AccountSlug { get; init; } = "";

    /// <summary>Gets the working copy, where there is one.</summary>
    [Id(7)]
    public CopyId Copy { get; init; }

    /// <summary>Gets the snapshot: the new head, or what is staged.</summary>
    [Id(8)]
    public SnapshotId Snapshot { get; init; }

    /// <summary>Gets the head before, or the base of what is staged.</summary>
    [Id(9)]
    public SnapshotId Before { get; init; }

    /// <summary>Gets what became of staged work, for those kinds.</summary>
    [Id(10)]
    public Staging.StagedState State { get; init; }

    /// <summary>Gets where work meets, from the reader's side, for an overlap.</summary>
    [Id(11)]
    public Staging.Overlap? Overlap { get; init; }

    /// <summary>Gets how many paths are concerned.</summary>
    [Id(12)]
    public int PathCount { get; init; }

    /// <summary>Gets the only accounts that are told; empty for everybody who may read the tree.</summary>
    [Id(13)]
    public ImmutableArray<AccountId> Audience { get; init; } = [];
}

/// <summary>Carries events to number.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.EventBatch")]
public sealed record EventBatch
{
    /// <summary>Gets the events.</summary>
    [Id(0)]
    public required ImmutableArray<TreeEvent> Events { get; init; }
}

/// <summary>Carries events to a reader.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.EventPage")]
public sealed record EventPage
{
    /// <summary>Gets the events in order.</summary>
    [Id(0)]
    public ImmutableArray<TreeEvent> Events { get; init; } = [];

    /// <summary>Gets the number up to which this page tells everything that the reader may see.</summary>
    [Id(1)]
    public required long Through { get; init; }

    /// <summary>Gets the newest number.</summary>
    [Id(2)]
    public required long Latest { get; init; }

    /// <summary>Gets whether events are no longer kept between the number asked for and the first here: read the state anew.</summary>
    [Id(3)]
    public bool Gap { get; init; }
}
