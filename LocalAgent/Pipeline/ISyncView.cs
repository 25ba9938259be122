using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Pipeline;

/// <summary>What sync tells of itself to <c>wt status</c>. May be read from any thread.</summary>
public interface ISyncView
{
    /// <summary>Gets the state of sync.</summary>
    SyncInfo Info { get; }

    /// <summary>Gets who works on the same paths.</summary>
    IReadOnlyList<OverlapInfo> Overlaps { get; }

    /// <summary>Gets how the server is reached, or null where none is known.</summary>
    ServerLink? Link { get; }

    /// <summary>Gets what is held back from the server.</summary>
    IReadOnlyList<HeldInfo> Held { get; }

    /// <summary>Gets what the server last said that the user may do; null while it has said nothing.</summary>
    PermissionsInfo? Permissions { get; }
}

/// <summary>Says how a server is reached.</summary>
/// <param name="Account">Who is signed in; null for nobody.</param>
/// <param name="Protocol">What is spoken.</param>
/// <param name="Latency">How long the last call took; null before the first.</param>
public sealed record ServerLink(string? Account, string Protocol, TimeSpan? Latency);

/// <summary>Speaks for a working copy without sync.</summary>
public sealed class NoSync : ISyncView
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoSync Instance { get; } = new();

    /// <inheritdoc/>
    public SyncInfo Info { get; } = new() { State = "none" };

    /// <inheritdoc/>
    public IReadOnlyList<OverlapInfo> Overlaps => [];

    /// <inheritdoc/>
    public ServerLink? Link => null;

    /// <inheritdoc/>
    public IReadOnlyList<HeldInfo> Held => [];

    /// <inheritdoc/>
    public PermissionsInfo? Permissions => null;
}

/// <summary>The last stage of a working copy's pipeline.</summary>
internal interface ISyncStage : IStage, ISyncView
{
    /// <summary>Tells of a new tip; it stands in the store's queue already, so this only saves waiting.</summary>
    void Wake();

    /// <summary>Brings back from the server what is lost here: damaged, or not there. Gives how many snapshots it was asked for by.</summary>
    /// <param name="lost">The objects.</param>
    /// <param name="roots">The snapshots from which they are reached.</param>
    /// <param name="progress">Hears of the objects that came, whose number is not known before.</param>
    /// <param name="cancellationToken">Ends it; what came so far stays.</param>
    Task<Result<int>> RepairAsync(IReadOnlySet<ContentHash> lost, IReadOnlyList<SnapshotId> roots, IProgress<ProgressInfo> progress, CancellationToken cancellationToken);
}

/// <summary>Makes the sync stage of each working copy that is opened.</summary>
internal interface ISyncFactory
{
    /// <summary>Makes a stage; the pipeline runs it, and disposes it where it can be.</summary>
    ISyncStage Create(OpenCopy copy, SnapshotRecorder recorder, Action<AgentEvent> publish);
}
