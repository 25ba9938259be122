using System.Buffers;
using System.Runtime.CompilerServices;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Carries out a plan: deletions first, so that a directory can take the place of a file and the other way round, then each
/// file in one atomic step. What changed since the plan was made is left alone. The turn must be held.
/// </summary>
internal sealed class FileCheckout(OpenCopy copy)
{
    private const int PieceBytes = 256 * 1024;
    private const int ProgressEvery = 200;

    private readonly List<TreePath> _kept = [];
    private int _written;
    private int _deleted;

    /// <summary>Does what the plan says. Use an instance once.</summary>
    public async Task<CheckoutOutcome> RunAsync(CheckoutPlan plan, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var folders = new HashSet<TreePath>();
        foreach (var change in plan.Changes.Where(IsRemoval))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remove(change.Path);
            folders.Add(change.Path.Parent);
        }

        RemoveEmptied(folders);
        var done = 0;
        foreach (var change in plan.Changes.Where(change => change.New is { } entry && entry.Kind.HasContent))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(change, cancellationToken);
            if (++done % ProgressEvery == 0)
            {
                progress?.Report(new ProgressInfo("writing files", done, plan.Changes.Count, "files"));
            }
        }

        return new CheckoutOutcome(_written, _deleted, _kept);
    }

    /// <summary>Looks at every path of the plan again, so that the index knows what stands there now.</summary>
    public void Refresh(CheckoutPlan plan, CancellationToken cancellationToken)
    {
        foreach (var change in plan.Changes)
        {
            copy.Scanner.Refresh(change.Path, subtree: false, cancellationToken);
        }
    }

    private static bool IsRemoval(PathChange change) => change.Old is { } old && old.Kind.HasContent && (change.New is not { } entry || !entry.Kind.HasContent);

    private void Remove(TreePath path)
    {
        var found = copy.Index.Find(path)?.Found;
        if (found is null)
        {
            return; // Deleted already.
        }

        if (copy.Files.Remove(path, found.Value.Stamp))
        {
            _deleted++;
        }
        else if (copy.Files.Look(path) is not null)
        {
            _kept.Add(path);
        }
    }

    private void RemoveEmptied(HashSet<TreePath> folders)
    {
        foreach (var folder in folders.OrderByDescending(folder => folder.Depth))
        {
            for (var path = folder; !path.IsRoot && copy.Files.RemoveEmptyDirectory(path); path = path.Parent)
            {
            }
        }
    }

    private async Task WriteAsync(PathChange change, CancellationToken cancellationToken)
    {
        var entry = change.New!;
        var node = copy.Index.Find(change.Path);
        if (node is { IsPresentFile: true, Work: { } work } && work.Hash == entry.Hash && work.Kind.IsFile && entry.Kind.IsFile)
        {
            if (work.Kind != entry.Kind)
            {
                Count(change.Path, copy.Files.SetExecutable(change.Path, entry.Kind == EntryKind.Executable, node.Found!.Value.Stamp) is not null);
            }

            return;
        }

        if (copy.Files.Look(change.Path) is { Kind: FoundKind.Directory })
        {
            copy.Files.RemoveEmptyDirectory(change.Path);
        }

        var expected = node is { IsPresentFile: true } ? node.Found!.Value.Stamp : (FileStamp?)null;
        var placed = await copy.Files.PlaceAsync(change.Path, entry.Kind, PiecesAsync(entry.Hash, cancellationToken), expected, cancellationToken);
        Count(change.Path, placed is not null);
    }

    private void Count(TreePath path, bool done)
    {
        if (done)
        {
            _written++;
        }
        else
        {
            _kept.Add(path);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(ContentHash id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var content = await copy.Store.OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a checkout");
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await content.ReadAsync(buffer.AsMemory(0, PieceBytes), cancellationToken) is > 0 and var count)
            {
                yield return buffer.AsMemory(0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
