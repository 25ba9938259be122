using System.Collections.Immutable;
using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Trees;

/// <summary>Keeps one tree: that it exists, and the names of its branches; their heads are with the branches. Key: <c>GrainKeys.Tree</c>.</summary>
[Alias("wt.ITreeGrain")]
public interface ITreeGrain : IGrainWithStringKey
{
    /// <summary>Starts the tree's life; repeating it is harmless.</summary>
    [SystemOnly]
    Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>Tells whether the tree exists.</summary>
    /// <remarks>Interleaves: branches ask it while this grain asks them for their heads.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    /// <summary>Answers when the caller may fetch from the tree, and refuses otherwise: the front asks it before every transfer.</summary>
    [Requires(Permission.SyncPull)]
    Task<Reply<Acknowledged>> MayFetchAsync(CancellationToken cancellationToken);

    /// <summary>Answers when the caller may send to the tree, and refuses otherwise: the front asks it before every transfer.</summary>
    [Requires(Permission.SyncPush)]
    Task<Reply<Acknowledged>> MaySendAsync(CancellationToken cancellationToken);

    /// <summary>Lists branches with their heads, from a name on, 100 at a time.</summary>
    [Requires(Permission.BranchRead)]
    Task<Reply<BranchPage>> ListBranchesAsync(string from, CancellationToken cancellationToken);

    /// <summary>Lists what is in force in the tree.</summary>
    [Requires(Permission.PolicyManage)]
    Task<Reply<AccessListing>> ListAccessAsync(CancellationToken cancellationToken);

    /// <summary>Says what the policies in force would say to a question, and why; about others only to who manages policies.</summary>
    [Requires(Permission.BranchRead)]
    Task<Reply<AccessVerdict>> TestAccessAsync(AccessProbe probe, CancellationToken cancellationToken);

    /// <summary>Lists the heads of all branches, for a branch that decides about a push.</summary>
    /// <remarks>Interleaves: a branch calls it in its own turn, and is asked for its head in it.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<TreeHeads> HeadsAsync(CancellationToken cancellationToken);

    /// <summary>Takes a branch's name into the list; refuses over the limit, or where there is no such tree.</summary>
    /// <remarks>Interleaves: a branch calls it while this grain may be waiting for that branch's description.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<Reply<Acknowledged>> AddBranchAsync(BranchName branch, CancellationToken cancellationToken);
}

/// <summary>Says where a tree's branches stand.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TreeHeads")]
public sealed record TreeHeads
{
    /// <summary>Gets the newest heads, 4,000 at most: with 32 bytes each below the limit of a message.</summary>
    [Id(0)]
    public required ImmutableArray<SnapshotId> Heads { get; init; }

    /// <summary>Gets the branch whose head holds the policies in force.</summary>
    [Id(1)]
    public required BranchName DefaultBranch { get; init; }

    /// <summary>Gets that branch's head; zero where it does not exist.</summary>
    [Id(2)]
    public SnapshotId DefaultHead { get; init; }

    /// <summary>Gets whether this is the worktree's root tree.</summary>
    [Id(3)]
    public bool IsRoot { get; init; }
}

/// <summary>Lists branches, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.BranchPage")]
public sealed record BranchPage
{
    /// <summary>Gets the branches by name.</summary>
    [Id(0)]
    public required ImmutableArray<BranchView> Branches { get; init; }

    /// <summary>Gets where the next page starts; empty at the end.</summary>
    [Id(1)]
    public string Next { get; init; } = "";
}
