using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Branches;

/// <summary>Keeps one branch's head and moves it by compare-and-set. Key: <c>GrainKeys.Branch</c>.</summary>
[Alias("wt.IBranchGrain")]
public interface IBranchGrain : IGrainWithStringKey
{
    /// <summary>Shows the branch.</summary>
    [Requires(Permission.BranchRead)]
    Task<Reply<BranchView>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Moves the head forward; repeating it after a lost answer answers the same. Durable when it answers.</summary>
    /// <remarks>Every changed path needs <c>tree:write</c>, which the method itself asks for, and a policy file <c>policy:manage</c>.</remarks>
    [Requires(Permission.SyncPush)]
    Task<Reply<PushOutcome>> PushAsync(PushBranch request, CancellationToken cancellationToken);

    /// <summary>Hides the branch if its head is the one given; its head is kept for 30 days. Repeating it is harmless.</summary>
    [Requires(Permission.BranchDelete)]
    Task<Reply<Acknowledged>> DeleteAsync(DeleteBranch request, CancellationToken cancellationToken);

    /// <summary>Shows the branch to the tree's grain, which has already authorised the caller; null where there is none.</summary>
    /// <remarks>Interleaves: it reads only what is stored, and a push of this branch may be waiting for the tree.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<BranchView?> DescribeAsync(CancellationToken cancellationToken);
}

/// <summary>Shows a branch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.BranchView")]
public sealed record BranchView
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required BranchName Name { get; init; }

    /// <summary>Gets the snapshot that the branch points to.</summary>
    [Id(1)]
    public required SnapshotId Head { get; init; }

    /// <summary>Gets how often the branch has changed.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>Gets who moved it last.</summary>
    [Id(3)]
    public required string MovedBy { get; init; }

    /// <summary>Gets when it was moved last.</summary>
    [Id(4)]
    public required DateTimeOffset MovedAt { get; init; }
}

/// <summary>Asks a branch to move.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.PushBranch")]
public sealed record PushBranch : IAudited
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required BranchName Name { get; init; }

    /// <summary>Gets the head that the pusher saw; zero when they saw no branch.</summary>
    [Id(1)]
    public SnapshotId Expected { get; init; }

    /// <summary>Gets the new head, which must descend from the expected one.</summary>
    [Id(2)]
    public required SnapshotId Head { get; init; }

    /// <summary>Gets the working copy that pushes; zero where it has none.</summary>
    [Id(3)]
    public CopyId Copy { get; init; }

    /// <summary>Gets the request's own id, which a repetition shows again.</summary>
    [Id(4)]
    public string RequestId { get; init; } = "";

    /// <inheritdoc/>
    public string AuditText => $"branch={Name} from={Expected} to={Head}";
}

/// <summary>Asks a branch to go.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.DeleteBranch")]
public sealed record DeleteBranch : IAudited
{
    /// <summary>Gets the name.</summary>
    [Id(0)]
    public required BranchName Name { get; init; }

    /// <summary>Gets the head that the caller saw.</summary>
    [Id(1)]
    public required SnapshotId Expected { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"branch={Name} from={Expected}";
}

/// <summary>Says where a push left the branch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.PushOutcome")]
public sealed record PushOutcome
{
    /// <summary>Gets the head that was pushed.</summary>
    [Id(0)]
    public required SnapshotId Head { get; init; }

    /// <summary>Gets the branch's version right after the push.</summary>
    [Id(1)]
    public required long Version { get; init; }

    /// <summary>Gets whether the push made the branch.</summary>
    [Id(2)]
    public bool Created { get; init; }
}
