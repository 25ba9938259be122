using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Core.Objects;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Makes and takes away further working copies of a tree. They share its store and branches; each has a line, an index and a
/// state of its own.
/// </summary>
internal sealed class LinkedCopies(CopyBook copies, WorktreeInit init)
{
    /// <summary>Makes a copy in a directory that is empty or not there. Its files appear while it opens.</summary>
    public async Task<Result<AgentPipeline>> AddAsync(OpenCopy from, string path, string branch, CancellationToken cancellationToken)
    {
        var tip = new Revisions(from).ResolveBranch(branch);
        if (!tip.IsOk)
        {
            return tip.Error;
        }

        var to = (await from.Graph.ReadSnapshotAsync(tip.Value, cancellationToken)).Root;
        if (await CheckoutPlan.RefusalAsync(from.Graph, to, cancellationToken) is { } unsafeName)
        {
            return unsafeName;
        }

        if (Refusal(path) is { } refusal)
        {
            return refusal;
        }

        var root = RealPaths.Of(Directory.CreateDirectory(path).FullName);
        var identity = from.Identity with { Copy = init.Draw(), Secondary = true };

        // Written down as a checkout that is under way, as for a clone: opening finishes it, also after a crash.
        var moving = new MovingRecord(to.ToString(), branch, tip.Value.ToString());
        return await init.CreateCopyAsync(root, identity, new CopyRecord(root, branch, moving), "copy-add", cancellationToken);
    }

    /// <summary>Lists the copies of a tree's store.</summary>
    public static IReadOnlyList<CopyEntry> List(OpenCopy from) =>
        [.. from.Refs.Copies().Select(copy => new CopyEntry(
            copy.Value.Path,
            copy.Value.Branch,
            BranchName.Parse(copy.Value.Branch) is { IsOk: true } branch ? from.Refs.LineOf(copy.Key, branch.Value)?.ToString() : null,
            copy.Key == from.Identity.CopyId,
            Identity(copy.Value.Path) is { } identity && identity.CopyId == copy.Key ? identity.Secondary == true ? "secondary" : "primary" : null))
            .OrderBy(entry => entry.Root, StringComparer.Ordinal)];

    /// <summary>Snapshots what a copy has, closes it and removes its directory. Its line stays in the store.</summary>
    public async Task<Result<CopyPosition>> RemoveAsync(AgentPipeline pipeline, CancellationToken cancellationToken)
    {
        var copy = pipeline.Copy;
        if (copy.Identity.Secondary != true)
        {
            return new Error("refused", $"'{copy.Root}' is the primary working copy.", "Only copies that 'wt copy add' made can be removed; 'wt copy list' shows them.");
        }

        var saved = await pipeline.Operations.SnapshotAsync(new SnapshotRequest(SnapshotKind.Auto, null, "before removing the working copy"), null, cancellationToken);
        if (!saved.IsOk)
        {
            return saved.Error;
        }

        if (saved.Value.LeftOut is [var unsaved, ..])
        {
            return new Error("refused", $"'{unsaved.Path}' could not be taken into a snapshot: {unsaved.Reason}. Nothing was removed.");
        }

        var (position, store) = (copy.Position, copy.Store);
        await copies.CloseAsync(copy.Root, cancellationToken);

        // The identity file first: without it a half-removed directory is nobody's working copy.
        File.Delete(WorktreeRoot.IdentityFile(copy.Root));
        Directory.Delete(copy.Root, recursive: true);
        await using var transaction = store.Begin();
        transaction.Delete(StoreRefs.CopiesTable, copy.Identity.CopyId.ToString());
        LineMoves.Log(transaction, copy, "copy-remove", "a working copy", []);
        await transaction.CommitAsync(CancellationToken.None);
        return position;
    }

    private static Error? Refusal(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            return new Error("refused", $"'{path}' is not empty.", "Name a directory that is empty or not there.");
        }

        for (var above = path; above is not null; above = Path.GetDirectoryName(above))
        {
            if (Directory.Exists(above))
            {
                return WorktreeRoot.Find(RealPaths.Of(above)) is { } outer
                    ? new Error(ErrorCodes.AlreadyInitialised, $"'{path}' lies inside the worktree '{outer}'.", "Make the copy beside it.")
                    : WorktreeRoot.ForeignOwner(RealPaths.Of(above));
            }
        }

        return null;
    }

    private static CopyIdentity? Identity(string root)
    {
        try
        {
            return CopyIdentity.Parse(root, File.ReadAllBytes(WorktreeRoot.IdentityFile(root))) is { IsOk: true, Value: var identity } ? identity : null;
        }
        catch (IOException)
        {
            return null; // The directory is gone.
        }
    }
}
