using W0rktree.Core;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Handlers;

/// <summary>Answers what clients ask about sync and the team's staged work.</summary>
internal static class TeamHandlers
{
    public static HandlerTable AddTeam(this HandlerTable table) => table
        .Add(Methods.SyncNow, IpcJson.Default.SyncInfo, (context, cancellationToken) => WithSyncAsync<SyncInfo>(context, async sync => await sync.RunOnceAsync(cancellationToken), cancellationToken))
        .Add(Methods.SyncStatus, IpcJson.Default.SyncInfo, (context, cancellationToken) => WithSyncAsync(context, sync => Task.FromResult<Result<SyncInfo>>(sync.Info), cancellationToken))
        .Add(Methods.SyncPause, IpcJson.Default.SyncInfo, (context, cancellationToken) => PauseAsync(context, paused: true, cancellationToken))
        .Add(Methods.SyncResume, IpcJson.Default.SyncInfo, (context, cancellationToken) => PauseAsync(context, paused: false, cancellationToken))
        .Add(Methods.SyncAllow, IpcJson.Default.SyncAllowParams, IpcJson.Default.SyncAllowResult, AllowAsync)
        .Add(Methods.StagedList, IpcJson.Default.StagedListResult, (context, cancellationToken) => WithSyncAsync(context, sync => sync.Staged.ListAsync(cancellationToken), cancellationToken))
        .Add(Methods.StagedClear, IpcJson.Default.StagedClearParams, IpcJson.Default.StagedClearResult, (context, clear, cancellationToken) => WithSyncAsync(context, sync => sync.Staged.ClearAsync(clear.Branch, cancellationToken), cancellationToken));

    /// <summary>Finds the sync of the working copy around the user and goes on with it.</summary>
    internal static async Task<Result<T>> WithSyncAsync<T>(RequestContext context, Func<CopySync, Task<Result<T>>> next, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        return found.Value.SyncStage is CopySync sync
            ? await next(sync)
            : new Error(ErrorCodes.Internal, "This agent runs without sync.");
    }

    private static Task<Result<SyncAllowResult>> AllowAsync(RequestContext context, SyncAllowParams allow, CancellationToken cancellationToken) =>
        WithSyncAsync(context, async sync =>
        {
            var paths = PathsInTree.Parse(sync.Copy.Root, allow.Paths ?? []);
            var looking = new SyncProgress(p => context.Progress.Report(new ProgressInfo("looking for secrets", p.Done, null, "files")));
            return paths.IsOk ? await new SecretRelease(sync).RunAsync(paths.Value, allow.All, looking, cancellationToken) : paths.Error;
        }, cancellationToken);

    private static Task<Result<SyncInfo>> PauseAsync(RequestContext context, bool paused, CancellationToken cancellationToken) =>
        WithSyncAsync<SyncInfo>(context, async sync =>
        {
            await sync.SetPausedAsync(paused, cancellationToken);
            return sync.Info;
        }, cancellationToken);
}
