using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>Stores the content of files again that the store has lost and the working directory still has.</summary>
internal sealed class FileRepair(OpenCopy copy)
{
    /// <summary>Reads each file that had lost content when it was last looked at. What has changed since is stored as what it is now, and harms nothing.</summary>
    public async Task RunAsync(IReadOnlySet<ContentHash> lost, CancellationToken cancellationToken)
    {
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        await using var transaction = copy.Store.Begin();
        // A list says how its file was cut when it was recorded; the rules of then are those of now, or those of nearly everybody.
        var now = copy.Config.Current.Cutting;
        SettledReader[] readers = now.IsStandard ? [new(copy.Files, now)] : [new(copy.Files, now), new(copy.Files, CuttingRules.Standard)];
        Stack<IndexNode> open = new([copy.Index.Root]);
        while (open.TryPop(out var node))
        {
            foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
            {
                open.Push(child);
            }

            if (node.IsPresentFile && (node.Work ?? node.Base) is { } entry && lost.Contains(entry.Hash))
            {
                foreach (var reader in readers)
                {
                    _ = await reader.ReadAsync(node.Path, node.Found!.Value.Kind, transaction, insist: true, cancellationToken);
                }
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
