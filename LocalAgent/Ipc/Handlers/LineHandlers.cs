using System.Globalization;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Undo;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what moves the line: snapshot, restore, switch, merge.</summary>
internal static class LineHandlers
{
    public static HandlerTable AddLine(this HandlerTable table) => table
        .Add(Methods.SnapshotCreate, IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult, SnapshotAsync)
        .Add(Methods.Restore, IpcJson.Default.RestoreParams, IpcJson.Default.RestoreResult, RestoreAsync)
        .Add(Methods.Undo, IpcJson.Default.UndoParams, IpcJson.Default.UndoResult, UndoAsync)
        .Add(Methods.BranchSwitch, IpcJson.Default.BranchSwitchParams, IpcJson.Default.BranchResult, (context, p, token) => SwitchAsync(context, p.Name, token))
        .Add(Methods.Merge, IpcJson.Default.MergeParams, IpcJson.Default.MergeResult, MergeAsync);

    internal static async Task<Result<BranchResult>> SwitchAsync(RequestContext context, string name, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var branch = BranchName.Parse(name);
        if (!branch.IsOk)
        {
            return branch.Error;
        }

        var switched = await found.Value.Operations.SwitchAsync(branch.Value, context.Progress, cancellationToken);
        return switched.Map(s => new BranchResult(s.Branch.Text, s.Tip.ToString(), s.Files.Written, s.Files.Deleted, s.SavedAs?.ToString()));
    }

    private static async Task<Result<SnapshotCreateResult>> SnapshotAsync(RequestContext context, SnapshotCreateParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        // A message is a statement about the state as it is, also where nothing changed since an automatic snapshot.
        var request = new SnapshotRequest(SnapshotKind.Manual, p.Message, "wt snapshot") { EvenIfUnchanged = p.Message is not null };
        var made = await found.Value.Operations.SnapshotAsync(request, context.Progress, cancellationToken);
        return made.Map(outcome => new SnapshotCreateResult(
            outcome.Snapshot is { } snapshot ? Describe.Snapshot(snapshot.Id, snapshot.Snapshot) : null,
            Describe.Changes(ExactRenames.Join(outcome.Changes), found.Value.Copy.Config.Current.Classifier),
            Describe.Conflicts(outcome.Snapshot?.Snapshot.Conflicts ?? [])));
    }

    private static async Task<Result<RestoreResult>> RestoreAsync(RequestContext context, RestoreParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var paths = PathsInTree.Parse(found.Value.Copy.Root, p.Paths);
        var from = await SourceAsync(found.Value.Copy, p.From, cancellationToken);
        if (!paths.IsOk || !from.IsOk)
        {
            return paths.IsOk ? from.Error : paths.Error;
        }

        var restored = await found.Value.Operations.RestoreAsync(from.Value, paths.Value, context.Progress, cancellationToken);
        return restored.Map(r => new RestoreResult(r.Files, r.SavedAs?.ToString()));
    }

    /// <summary>A number is an entry of the reflog, where it has one: the files as they were after it. Everything else is a revision.</summary>
    private static async ValueTask<Result<SnapshotId>> SourceAsync(OpenCopy copy, string? from, CancellationToken cancellationToken)
    {
        var states = new ReflogStates(copy);
        return ulong.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var entry) && states.Has(entry)
            ? states.FilesAfter(entry)
            : await new Revisions(copy).ResolveAsync(from, cancellationToken);
    }

    private static async Task<Result<UndoResult>> UndoAsync(RequestContext context, UndoParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var undone = await found.Value.Operations.UndoAsync(p.To is { } to ? (ulong)to : null, context.Progress, cancellationToken);
        if (undone.IsOk)
        {
            found.Value.SyncStage?.Wake();
        }

        return undone.Map(u => new UndoResult(
            u.What, u.Position.Branch.Text, u.Position.Tip!.Value.ToString(), u.Files.Written, u.Files.Deleted, u.SavedAs?.ToString(), (long)u.Entry));
    }

    private static async Task<Result<MergeResult>> MergeAsync(RequestContext context, MergeParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var theirs = await new Revisions(found.Value.Copy).ResolveAsync(p.Revision, cancellationToken);
        if (!theirs.IsOk)
        {
            return theirs.Error;
        }

        var merged = await found.Value.Operations.MergeAsync(theirs.Value, p.Revision, p.Message, context.Progress, cancellationToken);
        return merged.Map(m => new MergeResult(m.Outcome, m.Tip.ToString(), m.FilesChanged, Describe.Conflicts(m.Conflicts), m.SavedAs?.ToString()));
    }
}
