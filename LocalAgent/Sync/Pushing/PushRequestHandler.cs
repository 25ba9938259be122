using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Sync.Binding;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Pushing;

/// <summary>
/// Answers <c>wt push</c>: keeps what is on disk in a snapshot, decides what is offered, and carries it out. With the server
/// away the decision stays in the queue, and sync finishes it.
/// </summary>
internal sealed class PushRequestHandler(OpenCopy copy, CopySync sync, ServerDirectory servers, WorktreeBinder binder)
{
    /// <summary>Pushes the copy's line. The caller has recorded what was pending.</summary>
    public async Task<Result<PushResult>> RunAsync(PushParams push, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var (branch, tip) = copy.Position;
        if (tip is not { } line)
        {
            return new Error("nothing_to_push", "There is no snapshot yet.", "Make one: wt snapshot -m MESSAGE");
        }

        var binding = await binder.EnsureAsync(push.To, cancellationToken);
        if (!binding.IsOk)
        {
            return binding.Error;
        }

        if (servers.Connect(binding.Value) is not { } server)
        {
            return new Error(ErrorCodes.SignedOut, $"You are not signed in to {binding.Value.Server}.", $"wt login {binding.Value.Server} --user NAME");
        }

        var looking = new SyncProgress(p => progress.Report(new ProgressInfo("looking for secrets", p.Done, null, "files")));
        var planned = await new PushPlanner(copy, sync.Secrets).PlanAsync(branch, line, push.Message, push.KeepAll, looking, cancellationToken);
        if (!planned.IsOk)
        {
            return planned.Error;
        }

        if (planned.Value is not { } intent)
        {
            return new PushResult("up_to_date", branch.Text, null, line.ToString(), 0, 0, 0);
        }

        var reporting = new SyncProgress(p => progress.Report(new ProgressInfo("uploading", p.Done, p.Total, "objects")));
        var pushed = await sync.WithoutRoundAsync(() => new PushOperation(copy, server, binding.Value, sync.Secrets).RunAsync(intent, reporting, cancellationToken), cancellationToken);
        if (!pushed.IsOk)
        {
            return Explain(pushed.Error, branch);
        }

        sync.Reconnect();
        return new PushResult("pushed", branch.Text, intent.ExpectedHead, intent.NewHead, intent.Pushed, intent.Folded, pushed.Value.BytesSent, intent.MessageUsed);
    }

    private static Error Explain(Error error, BranchName branch) => error.Code switch
    {
        ErrorCodes.StaleBase => error with { Hint = $"Somebody pushed to {branch} before you: 'wt pull' brings and merges it, then push again." },
        ErrorCodes.Offline => error with { Message = $"{error.Message} The push of {branch} is queued.", Hint = "It goes out by itself when the server is back; 'wt sync status' tells." },
        _ => error,
    };
}
