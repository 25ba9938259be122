using W0rktree.Core;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what concerns the agent itself, and makes worktrees.</summary>
internal static class WorkerHandlers
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(10);

    public static HandlerTable AddWorker(this HandlerTable table, Agent agent) => table
        .Add(Methods.Hello, IpcJson.Default.HelloParams, IpcJson.Default.HelloResult, (_, p, _) => Task.FromResult(Hello(p)))
        .Add(Methods.WorkerStatus, IpcJson.Default.WorkerStatusResult, (_, _) => Task.FromResult<Result<WorkerStatusResult>>(agent.Status()))
        .Add(Methods.WorkerStop, IpcJson.Default.Nothing, (_, _) => Task.FromResult(Stop(agent)))
        .Add(Methods.WorktreeInit, IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult, (context, p, token) => InitAsync(agent, context, p, token))
        .Add(Methods.EventsSubscribe, IpcJson.Default.EventsSubscribeParams, IpcJson.Default.Nothing, (context, p, token) => SubscribeAsync(agent, context, p, token));

    private static Result<HelloResult> Hello(HelloParams p) => p.Protocol == Methods.ProtocolVersion
        ? new HelloResult(Methods.ProtocolVersion, Agent.Version, Environment.ProcessId)
        : new Error(ErrorCodes.ProtocolMismatch, $"The agent speaks protocol {Methods.ProtocolVersion}, the client {p.Protocol}.", "Install client and agent of one version; 'wt worker restart' starts the installed one.");

    private static Result<Nothing> Stop(Agent agent)
    {
        agent.RequestStop("wt worker stop");
        return new Nothing();
    }

    private static async Task<Result<WorktreeInitResult>> InitAsync(Agent agent, RequestContext context, WorktreeInitParams p, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(p.Path))
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{p.Path}' is not an absolute path.");
        }

        var made = await agent.Init.InitAsync(p, context.Progress, cancellationToken);
        if (!made.IsOk)
        {
            return made.Error;
        }

        var copy = made.Value.Pipeline.Copy;
        return new WorktreeInitResult(
            copy.Root, copy.Identity.Worktree, copy.Identity.Tree, copy.Position.Branch.Text, copy.Identity.Name, copy.Identity.Owner,
            made.Value.Snapshot.Id.ToString(), copy.Index.FileCount);
    }

    private static async Task<Result<Nothing>> SubscribeAsync(Agent agent, RequestContext context, EventsSubscribeParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        if ((p.Topics ?? []).FirstOrDefault(topic => !EventHub.Topics.Contains(topic)) is { } unknown)
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{unknown}' is no topic.", $"The topics are {string.Join(", ", EventHub.Topics)}; none means all.");
        }

        // A subscription may be silent for hours; the heartbeat keeps it from looking stuck.
        using var timer = agent.Time.CreateTimer(_ => context.Progress.Report(new ProgressInfo("waiting", 0, null, "events")), null, s_heartbeat, s_heartbeat);
        await foreach (var happened in agent.Events.SubscribeAsync(found.Value.Copy.Root, p.Topics ?? [], cancellationToken))
        {
            await context.SendAsync(happened, IpcJson.Default.AgentEvent, cancellationToken);
        }

        return new Nothing();
    }
}
