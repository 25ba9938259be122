using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Carries out a plan: deletions first, so that a directory can take the place of a file and the other way round, then each
/// file in one atomic step, several at a time. What changed since the plan was made is left alone. The turn must be held.
/// </summary>
/// <param name="copy">The working copy.</param>
/// <param name="isFirst">Whether nobody works in the directory yet: its first checkout, which a crash lets begin anew.</param>
/// <param name="siblings">What other copies have; null for nothing.</param>
internal sealed class FileCheckout(OpenCopy copy, bool isFirst = false, SiblingFiles? siblings = null)
{
    private const int PieceBytes = 256 * 1024;
    private const int ProgressEvery = 200;

    /// <summary>How many files a writer takes at once: neighbours, which share a directory.</summary>
    private const int TakeFiles = 8;

    /// <summary>Creating files waits for the file system's journal more than for a core, so two writers pay even on one.</summary>
    private static readonly int s_writers = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly ConcurrentDictionary<TreePath, FoundEntry> _placed = new();
    private readonly ConcurrentQueue<TreePath> _kept = new();
    private int _written;
    private int _deleted;
    private IProgress<ProgressInfo>? _progress;
    private LargeFileProgress? _large;

    /// <summary>Does what the plan says. Use an instance once.</summary>
    public async Task<CheckoutOutcome> RunAsync(CheckoutPlan plan, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        (_progress, _large) = (progress, new LargeFileProgress(progress, "writing large files"));
        var folders = new HashSet<TreePath>();
        foreach (var change in plan.Changes.Where(IsRemoval))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remove(change.Path);
            folders.Add(change.Path.Parent);
        }

        RemoveEmptied(folders);
        await WriteAllAsync([.. plan.Changes.Where(change => change.New is { } entry && entry.Kind.HasContent)], cancellationToken);
        return new CheckoutOutcome(_written, _deleted, [.. _kept.Order()]);
    }

    /// <summary>
    /// Tells the index what stands at every path of the plan now. Files that were just put in place are known by their stamps
    /// and need no second look.
    /// </summary>
    public void Refresh(CheckoutPlan plan, CancellationToken cancellationToken)
    {
        foreach (var change in plan.Changes)
        {
            var isPlaced = _placed.TryGetValue(change.Path, out var placed);
            // Where an empty folder stood, which a plan does not have, the index still has that.
            if (!isPlaced || copy.Index.Find(change.Path) is not { IsDirectory: false, Children: null or { Count: 0 }, Parent.IsDirectory: true })
            {
                copy.Scanner.Refresh(change.Path, subtree: false, cancellationToken);
            }

            if (isPlaced && copy.Index.Find(change.Path) is { } node && (node.Parent!.IsDirectory && !node.IsDirectory))
            {
                copy.Index.Learn(node, change.New!.Hash, placed, stored: true, racy: placed.Kind != FoundKind.Symlink && !placed.Stamp.IsFine);
            }
        }

        copy.Index.SettleDirty();
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
            _kept.Enqueue(path);
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

    private async Task WriteAllAsync(PathChange[] changes, CancellationToken cancellationToken)
    {
        int next = 0, done = 0;
        await Parallel.ForAsync(0, Math.Min(s_writers, (changes.Length + TakeFiles - 1) / TakeFiles), cancellationToken, async (_, token) =>
        {
            for (int from; (from = Interlocked.Add(ref next, TakeFiles) - TakeFiles) < changes.Length;)
            {
                for (var i = from; i < Math.Min(from + TakeFiles, changes.Length); i++)
                {
                    token.ThrowIfCancellationRequested();
                    await WriteAsync(changes[i], token);
                    if (Interlocked.Increment(ref done) is var count && count % ProgressEvery == 0)
                    {
                        _progress?.Report(new ProgressInfo("writing files", count, changes.Length, "files"));
                    }
                }
            }
        });
    }

    private async ValueTask WriteAsync(PathChange change, CancellationToken cancellationToken)
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

        var expected = node is { IsPresentFile: true } ? node.Found!.Value.Stamp : (FileStamp?)null;

        // What the store has need not be made anew to go back to: the file that stood here stays at hand for a while.
        var replaced = node is { Work: { } known, Racy: false, IsStored: true } && expected is not null ? known.Hash : (ContentHash?)null;
        var stamp = expected is { } old && entry.Kind.IsFile ? copy.Files.PutBack(change.Path, entry.Kind, entry.Hash, old, replaced) : null;
        stamp ??= await PlaceAsync(change.Path, entry, expected, replaced, cancellationToken);
        if (stamp is null && expected is null && copy.Files.Look(change.Path) is { Kind: FoundKind.Directory } && copy.Files.RemoveEmptyDirectory(change.Path))
        {
            // An empty directory stood there, which no tree records: nobody misses it.
            stamp = await PlaceAsync(change.Path, entry, expected, null, cancellationToken);
        }

        if (stamp is { } placed)
        {
            _placed[change.Path] = new FoundEntry(KindOf(entry.Kind), placed);
        }

        Count(change.Path, stamp is not null);
    }

    private async ValueTask<FileStamp?> PlaceAsync(TreePath path, DirectoryEntry entry, FileStamp? expected, ContentHash? replaced, CancellationToken cancellationToken)
    {
        if (expected is null && siblings?.TryPlace(copy.Files, path, entry.Kind, entry.Hash) is { } shared)
        {
            return shared;
        }

        var found = await copy.Store.TryReadAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "a checkout");
        return found.Kind == ObjectKind.Content && isFirst && expected is null ? copy.Files.Create(path, entry.Kind, found.Bytes.Span)
            : found.Kind == ObjectKind.Content ? copy.Files.Place(path, entry.Kind, found.Bytes.Span, expected, replaced)
            : await copy.Files.PlaceAsync(path, entry.Kind, PiecesAsync(entry.Hash, cancellationToken), expected, cancellationToken);
    }

    private static FoundKind KindOf(EntryKind kind) => kind switch
    {
        EntryKind.Executable => FoundKind.Executable,
        EntryKind.Symlink => FoundKind.Symlink,
        _ => FoundKind.File,
    };

    private void Count(TreePath path, bool done)
    {
        if (done)
        {
            Interlocked.Increment(ref _written);
        }
        else
        {
            _kept.Enqueue(path);
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
                _large?.Add(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
