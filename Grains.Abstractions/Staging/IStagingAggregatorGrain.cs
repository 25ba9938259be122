using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Staging;

/// <summary>Collects one tree's staged snapshots of all working copies and finds who touches the same paths. Key: <c>GrainKeys.Tree</c>.</summary>
[Alias("wt.IStagingAggregatorGrain")]
public interface IStagingAggregatorGrain : IGrainWithStringKey
{
    /// <summary>Takes a working copy's newest snapshot in place of its last; answers once it is stored.</summary>
    /// <remarks>Interleaves so that the snapshots that arrive while one write is under way share the next.</remarks>
    [Requires(Permission.SyncPush, Permission.SnapshotCreate)]
    [AlwaysInterleave]
    Task<Reply<StageOutcome>> StageAsync(StageSnapshot request, CancellationToken cancellationToken);

    /// <summary>Lists staged work, newest first, without the paths.</summary>
    [Requires(Permission.SnapshotRead)]
    [AlwaysInterleave]
    Task<Reply<StagedPage>> ListAsync(StagedQuery query, CancellationToken cancellationToken);

    /// <summary>Lists the changed paths of one staged snapshot, a page at a time.</summary>
    [Requires(Permission.SnapshotRead)]
    [AlwaysInterleave]
    Task<Reply<StagedPathPage>> ListPathsAsync(StagedPathQuery query, CancellationToken cancellationToken);

    /// <summary>Takes the caller's own staged work on a branch back; repeating it is harmless.</summary>
    [Requires(Permission.SyncPush)]
    [AlwaysInterleave]
    Task<Reply<ClearOutcome>> ClearAsync(StagedKey key, CancellationToken cancellationToken);

    /// <summary>Notes that a copy's work on a branch went into it.</summary>
    [SystemOnly]
    [AlwaysInterleave]
    Task PushedAsync(AccountId account, StagedKey key, CancellationToken cancellationToken);
}
