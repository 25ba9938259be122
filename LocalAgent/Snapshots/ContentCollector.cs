using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>
/// Reads the files whose content the index does not know, several at a time, and tells the index. With a writer, the content
/// goes to the store piece by piece: a first snapshot of any number of files holds one for each core in memory.
/// </summary>
/// <param name="copy">The working copy.</param>
/// <param name="settle">How long a file must have been left alone to be read for a snapshot; zero waits for files that are being written.</param>
internal sealed class ContentCollector(OpenCopy copy, TimeSpan settle = default)
{
    /// <summary>How many files are read between two reports of progress: a fraction of a second's work.</summary>
    private const int BatchFiles = 4096;

    /// <summary>How many files a reader takes at once: neighbours, most in one directory; few enough that all readers end a batch together.</summary>
    private const int TakeFiles = 64;

    /// <summary>
    /// Two for each core: while one waits for the disk, another hashes. More than eight only compete for the store's journal and
    /// for the user's own work.
    /// </summary>
    private static readonly int s_readers = Math.Clamp(Environment.ProcessorCount * 2, 4, 8);

    /// <summary>How often a file that somebody is writing is looked at again, a tick apart, before it is left out.</summary>
    private const int MaxPasses = 40;

    private SettledReader? _reader;

    /// <summary>Reads for a snapshot: content goes to the store, and half-written files are waited for, or left to the next one.</summary>
    public async Task<IReadOnlyList<LeftOutFile>> StoreAsync(StoreTransaction writer, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        // What an earlier transaction stored counts only if it was committed: one that failed or was cancelled left nothing.
        var waiting = copy.Index.Pending.Where(node => node.IsPresentFile && (node.Work is not { } work || node.Racy || !node.IsStored || !writer.Contains(work.Hash))).ToList();
        var leftOut = new List<LeftOutFile>();
        for (var pass = 1; waiting.Count > 0; pass++)
        {
            var last = pass == MaxPasses || settle > TimeSpan.Zero;
            waiting = await ReadAsync(waiting, writer, insist: last && settle == TimeSpan.Zero, leftOut, progress, cancellationToken);
            if (last)
            {
                foreach (var node in waiting)
                {
                    LeaveOut(node, new LeftOutFile(node.Path, "it was being written all the time") { IsBeingWritten = true }, leftOut, forget: true);
                }

                break;
            }

            if (waiting.Count > 0)
            {
                await Task.Delay(TimeSpan.FromTicks(SettledReader.TickNs / 100), copy.Time, cancellationToken);
            }
        }

        return leftOut;
    }

    /// <summary>Reads for an answer about the present: nothing is stored, nothing is waited for.</summary>
    public async Task<IReadOnlyList<LeftOutFile>> LookAsync(IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var unknown = copy.Index.Pending.Where(node => node.IsPresentFile && (node.Work is null || node.Racy) && !HasOtherSize(node)).ToList();
        var leftOut = new List<LeftOutFile>();
        await ReadAsync(unknown, null, insist: true, leftOut, progress, cancellationToken);
        return leftOut;
    }

    /// <summary>A file of another size than the tip's is changed: that need not be read to be known.</summary>
    private static bool HasOtherSize(IndexNode node) =>
        node.Base is not { } old || !old.Kind.HasContent || (long)old.SizeBytes != node.Found!.Value.Stamp.SizeBytes;

    private async Task<List<IndexNode>> ReadAsync(
        List<IndexNode> nodes, StoreTransaction? writer, bool insist, List<LeftOutFile> leftOut, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var again = new List<IndexNode>();
        var large = new LargeFileProgress(progress, "reading large files", nodes.Sum(node => node.Found!.Value.Stamp.SizeBytes is var size && size > copy.Config.Current.Cutting.ThresholdBytes ? size : 0));
        _reader = new SettledReader(copy.Files, copy.Config.Current.Cutting, settle, large.Add);
        var outcomes = new ReadOutcome[Math.Min(BatchFiles, nodes.Count)];
        for (var start = 0; start < nodes.Count; start += BatchFiles)
        {
            var count = Math.Min(BatchFiles, nodes.Count - start);
            var first = start;
            var next = 0;
            if (count <= TakeFiles)
            {
                await ReadAsync(nodes, first, count, outcomes, writer, insist, cancellationToken); // No work for a second thread.
            }
            else
            {
                await Parallel.ForAsync(0, Math.Min(s_readers, (count + TakeFiles - 1) / TakeFiles), cancellationToken, async (_, token) =>
                {
                    for (int from; (from = Interlocked.Add(ref next, TakeFiles) - TakeFiles) < count;)
                    {
                        await ReadAsync(nodes, first + from, Math.Min(TakeFiles, count - from), outcomes.AsMemory(from), writer, insist, token);
                    }
                });
            }

            for (var i = 0; i < count; i++)
            {
                Take(nodes[first + i], outcomes[i], writer is not null, again, leftOut, cancellationToken);
            }

            progress?.Report(new ProgressInfo("reading files", start + count, nodes.Count, "files"));
        }

        return again;
    }

    /// <summary>Reads neighbours, each directory opened once.</summary>
    private async Task ReadAsync(
        List<IndexNode> nodes, int first, int count, Memory<ReadOutcome> outcomes, StoreTransaction? writer, bool insist, CancellationToken cancellationToken)
    {
        IndexNode? parent = null;
        IOpenFolder? folder = null;
        try
        {
            for (var i = 0; i < count; i++)
            {
                var node = nodes[first + i];
                if (node.Parent != parent)
                {
                    folder?.Dispose();
                    parent = node.Parent!;
                    folder = copy.Files.OpenFolder(parent.Path);
                }

                var outcome = await _reader!.ReadAsync(folder!, node.Name, node.Found!.Value, writer, insist, cancellationToken);
                outcomes.Span[i] = outcome;
            }
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private void Take(IndexNode node, ReadOutcome outcome, bool stored, List<IndexNode> again, List<LeftOutFile> leftOut, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case ReadOutcome.Read read:
                copy.Index.Learn(node, read.Hash, read.Found, stored, read.Racy);
                break;
            case ReadOutcome.Gone when settle > TimeSpan.Zero:
                again.Add(node); // Moved aside in the middle of a save, perhaps; the hint about it is on its way.
                break;
            case ReadOutcome.Gone:
                copy.Scanner.Refresh(node.Path, subtree: true, cancellationToken);
                if (node is { IsPresentFile: true, Work: null })
                {
                    again.Add(node);
                }

                break;
            case ReadOutcome.Unreadable unreadable:
                LeaveOut(node, new LeftOutFile(node.Path, unreadable.Problem), leftOut, forget: stored);
                break;
            default:
                again.Add(node);
                break;
        }
    }

    /// <summary>What is left out of a snapshot must not stand there by what an earlier look saw, which the store does not have.</summary>
    private void LeaveOut(IndexNode node, LeftOutFile file, List<LeftOutFile> leftOut, bool forget)
    {
        leftOut.Add(file);
        if (forget)
        {
            copy.Index.Forget(node);
        }
    }
}
