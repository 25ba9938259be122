using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Puts directories under version control. Needs no server: the ids are random and the server takes them over later.</summary>
internal sealed class WorktreeInit(AgentParts parts, CopyBook copies) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Makes a new worktree of a directory, with a first snapshot of what is there.</summary>
    public async Task<Result<(AgentPipeline Pipeline, RecordedSnapshot Snapshot)>> InitAsync(WorktreeInitParams request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        // One after the other: of two for one directory, the second must find the first's worktree.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await InitInTurnAsync(request, progress, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<Result<(AgentPipeline Pipeline, RecordedSnapshot Snapshot)>> InitInTurnAsync(WorktreeInitParams request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var root = RealPaths.Of(request.Path);
        if (Refusal(root) is { } refusal)
        {
            return refusal;
        }

        var identity = new CopyIdentity
        {
            Copy = Draw(),
            Worktree = Draw(),
            Tree = Draw(),
            Store = "",
            Owner = request.Owner,
            Name = request.Name ?? Path.GetFileName(root),
        };
        var pipeline = await CreateCopyAsync(root, identity with { Store = $"stores/{identity.Tree}" }, new CopyRecord(root, BranchName.Main.Text), "init", cancellationToken);
        if (!pipeline.IsOk)
        {
            return pipeline.Error;
        }

        await pipeline.Value.Copy.Ready.Task.WaitAsync(cancellationToken);
        var first = new SnapshotRequest(SnapshotKind.Manual, "First snapshot", "init") { EvenIfUnchanged = true };
        var made = await pipeline.Value.Operations.SnapshotAsync(first, progress, cancellationToken);
        return made.IsOk ? (pipeline.Value, made.Value.Snapshot!) : made.Error;
    }

    /// <summary>
    /// Makes a directory the working copy of a tree and opens it; no file is written but the runtime folder's. A clone brings
    /// the objects into the store before, and gives a record with its first checkout under way: opening finishes it.
    /// </summary>
    public async Task<Result<AgentPipeline>> CreateCopyAsync(string root, CopyIdentity identity, CopyRecord record, string operation, CancellationToken cancellationToken)
    {
        var store = await copies.StoreAsync(identity.Store, cancellationToken);
        if (!store.IsOk)
        {
            return store.Error;
        }

        await using (var transaction = store.Value.Begin())
        {
            StoreRefs.SetCopy(transaction, identity.CopyId, record);
            transaction.AppendReflog(operation, new ReflogDetails($"a working copy on {record.Branch}", identity.Copy).ToJson(), []);
            await transaction.CommitAsync(cancellationToken);
        }

        // The identity file is last: until it stands there, the directory is no worktree.
        WorktreeRoot.MakeStateFolders(root, store.Value);
        await AtomicFile.WriteAsync(WorktreeRoot.IdentityFile(root), identity.ToJson(), 0x180, cancellationToken);
        return await copies.OpenAsync(root, cancellationToken);
    }

    private static Error? Refusal(string root)
    {
        if (!Directory.Exists(root))
        {
            return new Error(ErrorCodes.NotFound, $"There is no directory '{root}'.", $"mkdir -p '{root}'");
        }

        if (WorktreeRoot.ForeignOwner(root) is { } foreign)
        {
            return foreign;
        }

        return WorktreeRoot.Find(root) is { } outer
            ? new Error(ErrorCodes.AlreadyInitialised, outer == root ? $"'{root}' is a worktree already." : $"'{root}' lies inside the worktree '{outer}'.", "'wt status' shows it.")
            : null;
    }

    /// <summary>Draws a random id.</summary>
    public string Draw()
    {
        Span<byte> bytes = stackalloc byte[16];
        parts.Entropy.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
