using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Diffing;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>status</c> from memory, with every write that finished before the question.</summary>
internal static class StatusHandler
{
    public static HandlerTable AddStatus(this HandlerTable table) => table.Add(Methods.Status, IpcJson.Default.StatusResult, StatusAsync);

    private static async Task<Result<StatusResult>> StatusAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var pipeline = found.Value;
        var copy = pipeline.Copy;
        copy.Config.Reload();
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var leftOut = await new ContentCollector(copy).LookAsync(context.Progress, cancellationToken);
        var tip = copy.Position.Tip is { } id ? await copy.Graph.ReadSnapshotAsync(id, cancellationToken) : null;
        AheadBehind? distance = copy.Position.Tip is { } ours && copy.Refs.Get(StoreRefs.Server(copy.Position.Branch)) is { } theirs
            ? await StoreHistory.Of(copy.Store).CompareAsync(ours, theirs, cancellationToken)
            : null;
        return new StatusResult
        {
            Root = copy.Root,
            Name = copy.Identity.Name,
            Owner = copy.Identity.Owner,
            Branch = copy.Position.Branch.Text,
            Tip = tip is null ? null : HistoryHandlers.Info(copy, copy.Position.Tip!.Value, tip),
            Changes = Describe.Changes(new StateDiff(copy).Join(WorkingChanges.List(copy.Index)), copy.Config.Current.Classifier),
            Conflicts = Describe.Conflicts(tip?.Conflicts ?? []),
            Ahead = distance?.Ahead,
            Behind = distance?.Behind,
            Sync = pipeline.Sync.Info,
            Overlaps = pipeline.Sync.Overlaps,
            Permissions = pipeline.Sync.Permissions,
            Held = pipeline.Sync.Held is { Count: > 0 } held ? held : null,
            Warnings = Warnings(pipeline, leftOut),
            Recovery = copy.Recovery,
        };
    }

    private static IReadOnlyList<WarningInfo> Warnings(AgentPipeline pipeline, IReadOnlyList<LeftOutFile> leftOut)
    {
        var copy = pipeline.Copy;
        var warnings = new List<WarningInfo>(copy.Config.Current.Problems.Select(Describe.Warning));
        warnings.AddRange(leftOut.Select(file => new WarningInfo("unreadable_file", $"'{file.Path}' cannot be recorded: {file.Reason}.")));
        warnings.AddRange(copy.Scanner.Refused.Select(name => new WarningInfo("refused_name", $"'{name.Display}' is left out: {name.Rule}.", "Rename it to have it recorded.")));
        warnings.AddRange(copy.Scanner.Unreadable.Select(path => new WarningInfo("unreadable_directory", $"'{path}' cannot be looked into: permission denied. Snapshots keep what the last one has there.", $"Open it with 'chmod u+rx', or ignore it: add '/{path}/' to .wt/ignore.")));
        if (copy.WatchProblem is { } degraded)
        {
            warnings.Add(new WarningInfo("watching_degraded", $"Not every change is seen at once: {degraded}. The directory is scanned every {PollStage.Interval.TotalSeconds:0} s instead, and at each command."));
        }

        if (pipeline.Failing is { } stage)
        {
            warnings.Add(new WarningInfo("stage_failing", $"The stage '{stage}' failed and is being restarted.", "'wt worker logs' says why."));
        }

        return warnings;
    }
}
