using W0rktree.Core;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>Answers <c>wt sync allow</c>: releases what is held at paths, and lets sync show the line anew.</summary>
internal sealed class SecretRelease(CopySync sync)
{
    /// <summary>Releases what is held at or below the paths; without any and without all, only tells what is held.</summary>
    public async Task<Result<SyncAllowResult>> RunAsync(IReadOnlyList<TreePath> paths, bool all, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var copy = sync.Copy;
        if (copy.Position is not { Tip: { } tip, Branch: var branch })
        {
            return new SyncAllowResult([], []);
        }

        var known = await ServerHistory.KnownAsync(copy, cancellationToken);
        var line = await sync.Secrets.ReadAsync(tip, known.Contains, progress, cancellationToken);
        var chosen = line.All.Where(held => all || paths.Any(held.Path.IsAtOrBelow)).ToList();
        if (paths.FirstOrDefault(path => !line.All.Any(held => held.Path.IsAtOrBelow(path))) is { IsRoot: false } missed)
        {
            return new Error(ErrorCodes.NotFound, $"Nothing at '{missed}' is held back.", "'wt status' lists what is.");
        }

        if (chosen.Count > 0)
        {
            await using var transaction = copy.Store.Begin();
            foreach (var held in chosen)
            {
                AllowedSecrets.Add(transaction, copy, held);
            }

            // The team sees the line again, now with what was released.
            transaction.Put(StoreRefs.QueueTable, StoreRefs.StageEntry(copy.Identity.CopyId, branch), StoreRefs.ToBytes(tip));
            LineMoves.Log(transaction, copy, "allow", $"released {chosen.Count} findings to the server", []);
            await transaction.CommitAsync(cancellationToken);
            sync.Wake();
        }

        var marks = chosen.Select(held => held.Mark).ToHashSet();
        return new SyncAllowResult([.. chosen.Select(held => held.Describe())], [.. line.All.Where(held => !marks.Contains(held.Mark)).Select(held => held.Describe())]);
    }
}
