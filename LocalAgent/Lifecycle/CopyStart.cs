using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Brings an opened working copy to life: watch, scan against the line's tip, finish what a crash interrupted, record what
/// changed meanwhile, then let the engines run. Commands on the copy wait for it.
/// </summary>
/// <param name="pipeline">The copy's pipeline.</param>
/// <param name="parts">What the agent has once.</param>
/// <param name="previous">How the run before ended.</param>
/// <param name="siblings">Gives the other open copies of its store.</param>
internal sealed class CopyStart(AgentPipeline pipeline, AgentParts parts, PreviousRun previous, Func<IEnumerable<OpenCopy>> siblings)
{
    private OpenCopy Copy => pipeline.Copy;

    /// <summary>Runs the start. A failure becomes the answer to every command on the copy.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ScanAsync(cancellationToken);
            Copy.Ready.TrySetResult();
            pipeline.StartEngines();
            parts.Log.Info($"{Copy.Root}: watching {Copy.Watcher.WatchedDirectories} directories, {Copy.Index.FileCount} files, {Copy.Pending.Files} pending");
        }
        catch (OperationCanceledException)
        {
            Copy.Ready.TrySetCanceled(CancellationToken.None);
        }
        catch (Exception e)
        {
            Copy.Faults.Record("start", Copy.Root, e);
            Copy.Ready.TrySetException(e);
            _ = Copy.Ready.Task.Exception; // Seen: whoever asks about the copy gets it.
        }
    }

    /// <summary>Writes down the index, so that the next start need not read every file.</summary>
    public static async Task SaveIndexAsync(OpenCopy copy, AgentPaths paths)
    {
        var path = paths.IndexCache(copy.Identity.Store, copy.Identity.Copy);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, IndexCache.Format(copy.Index), 0x180);
    }

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        using var turn = await Copy.Turns.TakeAsync(cancellationToken);
        var root = Copy.Position.Tip is { } tip ? (await Copy.Graph.ReadSnapshotAsync(tip, cancellationToken)).Root : (Core.Identity.ContentHash?)null;
        await Copy.Index.LoadBaseAsync(Copy.Graph, root, cancellationToken);
        Copy.DirectoriesExpected = CountDirectories(Copy.Index.Root);
        Copy.Scanner.Cache = LoadIndex();
        pipeline.StartWatching();
        Copy.Watcher.Watch(StateLayout.Default.Cookies);
        Copy.Scanner.ScanAll(cancellationToken);
        Copy.Scanner.Cache = IndexCache.Empty;

        var cutOff = previous.WasCutOff && root is not null;
        var moving = Copy.Refs.Copy(Copy.Identity.CopyId)?.Moving;
        var interrupted = moving is { From: not null };
        if (moving is { From: null })
        {
            // A clone: its first checkout is written down as one that is under way, so that a crash inside it needs no rule of its own.
            // Only a copy that is not ready yet waits for the turn of others, and they are ready: nobody waits in a circle.
            var others = await SiblingFiles.OfAsync(siblings(), cancellationToken);
            await new LineCheckout(Copy).ResumeAsync(turn, "clone", $"checked out {moving.Branch}", cancellationToken, others);
        }
        else if (cutOff || interrupted)
        {
            await new ContentCollector(Copy).LookAsync(null, cancellationToken);
            await RecoverAsync(turn, interrupted, cancellationToken);
        }

        Copy.PublishPending(changedNow: true);
    }

    private static int CountDirectories(IndexNode node) => 1 + (node.Children?.Values.Where(child => child.Base is { Kind: EntryKind.Directory }).Sum(CountDirectories) ?? 0);

    private async Task RecoverAsync(TurnLock.Turn turn, bool interrupted, CancellationToken cancellationToken)
    {
        var actions = new List<string>();
        if (interrupted && await new LineCheckout(Copy).ResumeAsync(turn, "recovery", "finished an interrupted checkout", cancellationToken))
        {
            actions.Add("an interrupted checkout was finished");
        }

        var changed = WorkingChanges.List(Copy.Index).Count;
        if (changed > 0)
        {
            var request = new SnapshotRequest(SnapshotKind.Recovery, null, "files changed while no agent ran");
            var recorded = await pipeline.Recorder.RecordAsync(turn, request, null, cancellationToken);
            actions.Add(recorded is { IsOk: true, Value.Snapshot: { } made } ? $"{changed} changed files were kept in snapshot {made.Id.ToString()[..12]}"
                : recorded.IsOk ? "nothing had changed" : $"the recovery snapshot failed: {recorded.Error.Message}");
        }
        else
        {
            actions.Add("no file had changed");
        }

        await LogAsync(string.Join("; ", actions), cancellationToken);
        Copy.Recovery = new RecoveryReport
        {
            LastClean = previous.LastClean,
            StalePid = previous.WasCutOff,
            FilesChanged = changed,
            JournalReplayed = (int)Math.Min(Copy.Store.Recovery.ReplayedCommits, int.MaxValue),
            JournalDiscarded = Copy.Store.Recovery.DroppedBytes > 0 ? 1 : 0,
            Action = string.Join("; ", actions),
        };
    }

    private async Task LogAsync(string what, CancellationToken cancellationToken)
    {
        await using var transaction = Copy.Store.Begin();
        LineMoves.Log(transaction, Copy, "recovery", what, []);
        await transaction.CommitAsync(cancellationToken);
        parts.Log.Warn($"{Copy.Root}: recovered after an unclean end: {what}");
    }

    private IndexCache LoadIndex()
    {
        try
        {
            return IndexCache.Parse(File.ReadAllBytes(parts.Paths.IndexCache(Copy.Identity.Store, Copy.Identity.Copy)));
        }
        catch (IOException)
        {
            return IndexCache.Empty;
        }
    }
}
