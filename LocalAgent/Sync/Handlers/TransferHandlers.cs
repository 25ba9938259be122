using W0rktree.Core;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.LocalAgent.Sync.Binding;
using W0rktree.LocalAgent.Sync.Fetching;
using W0rktree.LocalAgent.Sync.Pushing;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Handlers;

/// <summary>Answers push, pull and clone.</summary>
internal sealed class TransferHandlers(SyncFactory sync, AccountOperations accounts, WorktreeInit inits, CopyBook copies, IEntropy entropy, TimeProvider clock)
{
    /// <summary>Registers the methods.</summary>
    public HandlerTable AddTo(HandlerTable table) => table
        .Add(Methods.Push, IpcJson.Default.PushParams, IpcJson.Default.PushResult, PushAsync)
        .Add(Methods.Pull, IpcJson.Default.PullParams, IpcJson.Default.MergeResult, PullAsync)
        .Add(Methods.WorktreeClone, IpcJson.Default.WorktreeCloneParams, IpcJson.Default.WorktreeCloneResult, CloneAsync);

    private async Task<Result<PushResult>> PushAsync(RequestContext context, PushParams push, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        // What is on disk is what the user means to push.
        var kept = await found.Value.Operations.SnapshotAsync(new SnapshotRequest(SnapshotKind.Auto, null, "before a push"), context.Progress, cancellationToken);
        if (!kept.IsOk)
        {
            return kept.Error;
        }

        var copy = found.Value.Copy;
        var binder = new WorktreeBinder(copy, sync.Servers, accounts);
        return await new PushRequestHandler(copy, (CopySync)found.Value.SyncStage!, sync.Servers, binder).RunAsync(push, context.Progress, cancellationToken);
    }

    private Task<Result<MergeResult>> PullAsync(RequestContext context, PullParams pull, CancellationToken cancellationToken) =>
        TeamHandlers.WithSyncAsync<MergeResult>(context, async stage =>
        {
            var copy = stage.Copy;
            if (new SyncTables(copy.Store).Binding is not { } binding)
            {
                return new Error(ErrorCodes.NoServer, "This worktree is on no server yet.", "'wt push --to OWNER/NAME' gives it a place.");
            }

            if (sync.Servers.Connect(binding) is not { } server)
            {
                return new Error(ErrorCodes.SignedOut, $"You are not signed in to {binding.Server}.", $"wt login {binding.Server} --user NAME");
            }

            var reporting = new SyncProgress(p => context.Progress.Report(new ProgressInfo("downloading", p.Done, p.Total > 0 ? p.Total : null, "objects")));
            var fetched = await new FetchOperation(copy, server, binding).RunAsync(reporting, cancellationToken);
            if (!fetched.IsOk)
            {
                return fetched.Error;
            }

            return await MergeFetchedAsync(context, copy.Position.Branch, pull.Message, cancellationToken);
        }, cancellationToken);

    private static async Task<Result<MergeResult>> MergeFetchedAsync(RequestContext context, Core.Identity.BranchName branch, string? message, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        if (copy.Refs.Get(StoreRefs.Server(branch)) is not { } theirs)
        {
            return new Error(ErrorCodes.UnknownBranch, $"The server has no branch '{branch}'.", "'wt push' creates it there.");
        }

        var merged = await found.Value.Operations.MergeAsync(theirs, $"{branch}@server", message, context.Progress, cancellationToken);
        return merged.Map(outcome => new MergeResult(
            outcome.Outcome, outcome.Tip.ToString(), outcome.FilesChanged, [.. outcome.Conflicts.Select(c => new ConflictInfo(c.Path.ToString(), c.Kind.Text))], outcome.SavedAs?.ToString()));
    }

    private async Task<Result<WorktreeCloneResult>> CloneAsync(RequestContext context, WorktreeCloneParams clone, CancellationToken cancellationToken)
    {
        var root = RealPaths.Of(clone.Path);
        if (Refusal(root) is { } refusal)
        {
            return refusal;
        }

        var download = new CloneDownload(sync.Servers, accounts, clock);
        var source = await download.FindAsync(clone.Url, clone.Branch, cancellationToken);
        if (!source.IsOk)
        {
            return source.Error;
        }

        var tree = source.Value.Worktree.Root.TreeId;
        var identity = new CopyIdentity
        {
            Copy = entropy.DrawId(),
            Worktree = source.Value.Worktree.Root.WorktreeId,
            Tree = tree,
            Store = $"stores/{tree}",
            Owner = source.Value.Worktree.Owner,
            Name = source.Value.Worktree.Name,
        };
        var store = await copies.StoreAsync(identity.Store, cancellationToken);
        if (!store.IsOk)
        {
            return store.Error;
        }

        // Nothing is made in the directory before everything has arrived: a broken clone leaves no half worktree.
        var reporting = new SyncProgress(p => context.Progress.Report(new ProgressInfo("downloading", p.Done, p.Total > 0 ? p.Total : null, "objects")));
        var fetched = await download.DownloadAsync(source.Value, store.Value, reporting, cancellationToken);
        if (!fetched.IsOk)
        {
            return fetched.Error;
        }

        var tip = await new ObjectGraph(store.Value).ReadSnapshotAsync(source.Value.Branches[source.Value.Branch.Text], cancellationToken);
        if (await CheckoutPlan.RefusalAsync(new ObjectGraph(store.Value), tip.Root, cancellationToken) is { } unsafeTree)
        {
            return unsafeTree;
        }

        Directory.CreateDirectory(root);
        return await CheckOutAsync(context, root, identity, source.Value, cancellationToken);
    }

    private async Task<Result<WorktreeCloneResult>> CheckOutAsync(RequestContext context, string root, CopyIdentity identity, CloneSource source, CancellationToken cancellationToken)
    {
        var tip = source.Branches[source.Branch.Text];
        var store = await copies.StoreAsync(identity.Store, cancellationToken);
        if (!store.IsOk)
        {
            return store.Error;
        }

        var snapshot = await new ObjectGraph(store.Value).ReadSnapshotAsync(tip, cancellationToken);
        var first = new MovingRecord(snapshot.Root.ToString(), source.Branch.Text, tip.ToString());
        var opened = await inits.CreateCopyAsync(root, identity, new CopyRecord(root, source.Branch.Text, first), "clone", cancellationToken);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await WaitReadyAsync(context, opened.Value.Copy, cancellationToken);
        return new WorktreeCloneResult(root, source.Branch.Text, tip.ToString(), opened.Value.Copy.Index.FileCount);
    }

    /// <summary>Waits for the checkout; a request may not be silent for long, so it tells that it lives.</summary>
    private async Task WaitReadyAsync(RequestContext context, OpenCopy copy, CancellationToken cancellationToken)
    {
        while (!copy.Ready.Task.IsCompleted)
        {
            context.Progress.Report(new ProgressInfo("checking out", copy.Index.FileCount, null, "files"));
            await Task.WhenAny(copy.Ready.Task, Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken));
        }

        await copy.Ready.Task.WaitAsync(cancellationToken);
    }

    private static Error? Refusal(string root)
    {
        if (WorktreeRoot.Find(root) is { } outer)
        {
            return new Error(ErrorCodes.AlreadyInitialised, outer == root ? $"'{root}' is a worktree already." : $"'{root}' lies inside the worktree '{outer}'.", "Clone into another directory.");
        }

        return Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()
            ? new Error(ErrorCodes.InvalidArgument, $"'{root}' is not empty.", "Clone into a new directory: wt clone URL DIR")
            : null;
    }
}
