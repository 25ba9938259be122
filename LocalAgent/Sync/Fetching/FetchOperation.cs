using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Transfer;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Fetching;

/// <summary>A branch of the server that moved since the last look.</summary>
/// <param name="After">Null where the branch is gone.</param>
internal sealed record MovedBranch(BranchName Branch, SnapshotId? Before, SnapshotId? After);

/// <summary>Brings the server's branches here as <c>main@server</c>. It changes no file and no local branch.</summary>
internal sealed class FetchOperation(OpenCopy copy, ServerConnection server, TreeBinding binding)
{
    /// <summary>Another writer means progress each time; more than a few in a row are a defect to be seen.</summary>
    private const int MostAttempts = 10;

    /// <summary>Fetches what is new. References are set after everything they name is durable.</summary>
    public async Task<Result<List<MovedBranch>>> RunAsync(IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await FetchAsync(progress, cancellationToken);
            }
            catch (MetaConflictException) when (attempt < MostAttempts)
            {
                // A round of sync, a push or another copy on this store wrote what the server has since it was read. Which of
                // the two answers is the newer one only the server can tell.
            }
        }
    }

    private async Task<Result<List<MovedBranch>>> FetchAsync(IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var listed = await ServerBranches.ListAsync(server, binding.Ref, cancellationToken);
        if (!listed.IsOk)
        {
            return listed.Error;
        }

        var known = copy.Refs.List("server/").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var moved = Compare(listed.Value, known);
        var want = moved.Where(m => m.After is not null).Select(m => m.After!.Value).Distinct().Where(id => !copy.Store.Contains(id.Hash)).ToList();
        if (want.Count > 0)
        {
            var fetched = await new Downloader(server, copy.Store).FetchAsync(binding.Ref, want, KnownHere(), progress, cancellationToken);
            if (!fetched.IsOk)
            {
                return fetched.Error;
            }
        }

        if (moved.Count > 0)
        {
            await using var transaction = copy.Store.Begin();
            foreach (var branch in moved)
            {
                StoreRefs.Move(transaction, StoreRefs.Server(branch.Branch), branch.Before, branch.After);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        return moved;
    }

    private static List<MovedBranch> Compare(Dictionary<string, SnapshotId> listed, Dictionary<string, SnapshotId> known)
    {
        var moved = new List<MovedBranch>();
        foreach (var (name, head) in listed)
        {
            var before = known.TryGetValue(name, out var id) ? id : (SnapshotId?)null;
            if (before != head)
            {
                moved.Add(new MovedBranch(BranchName.Parse(name).Value, before, head));
            }
        }

        moved.AddRange(known.Where(pair => !listed.ContainsKey(pair.Key)).Select(pair => new MovedBranch(BranchName.Parse(pair.Key).Value, pair.Value, null)));
        return moved;
    }

    /// <summary>What this store has whole and the server may know: its own branches' tips and what was fetched before.</summary>
    private List<SnapshotId> KnownHere()
    {
        var have = new HashSet<SnapshotId>(copy.Refs.List("server/").Select(pair => pair.Value));
        have.UnionWith(copy.Refs.List("branch/").Select(pair => pair.Value));
        return [.. have.Order().Take(1000)];
    }
}
