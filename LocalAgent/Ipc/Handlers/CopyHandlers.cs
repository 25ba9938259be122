using W0rktree.Core;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>wt copy</c>.</summary>
internal static class CopyHandlers
{
    public static HandlerTable AddCopies(this HandlerTable table, Agent agent) => table
        .Add(Methods.CopyAdd, IpcJson.Default.CopyAddParams, IpcJson.Default.CopyAddResult, (context, p, token) => AddAsync(agent, context, p, token))
        .Add(Methods.CopyList, IpcJson.Default.CopyListResult, ListAsync)
        .Add(Methods.CopyRemove, IpcJson.Default.CopyRemoveParams, IpcJson.Default.CopyRemoveResult, (context, p, token) => RemoveAsync(agent, context, p, token));

    private static async Task<Result<CopyAddResult>> AddAsync(Agent agent, RequestContext context, CopyAddParams p, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(p.Path))
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{p.Path}' is not an absolute path.");
        }

        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var added = await agent.Linked.AddAsync(found.Value.Copy, p.Path, p.Branch, cancellationToken);
        if (!added.IsOk)
        {
            return added.Error;
        }

        var copy = await ReadyAsync(context, added.Value, cancellationToken);
        return new CopyAddResult(copy.Root, copy.Position.Branch.Text, copy.Position.Tip!.Value.ToString(), copy.Index.FileCount);
    }

    private static async Task<Result<CopyListResult>> ListAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk ? new CopyListResult(LinkedCopies.List(found.Value.Copy)) : found.Error;
    }

    private static async Task<Result<CopyRemoveResult>> RemoveAsync(Agent agent, RequestContext context, CopyRemoveParams p, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(p.Path) || !Directory.Exists(p.Path))
        {
            return new Error(ErrorCodes.NotFound, $"There is no directory '{p.Path}'.", "'wt copy list' shows the working copies.");
        }

        var found = await agent.Copies.FindAsync(p.Path, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = await ReadyAsync(context, found.Value, cancellationToken);
        if (copy.Root != RealPaths.Of(p.Path))
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{p.Path}' lies inside the working copy '{copy.Root}'.", $"wt copy remove {copy.Root}");
        }

        var removed = await agent.Linked.RemoveAsync(found.Value, cancellationToken);
        return removed.Map(last => new CopyRemoveResult(copy.Root, last.Branch.Text, last.Tip?.ToString()));
    }

    private static async Task<WorkingCopy.OpenCopy> ReadyAsync(RequestContext context, AgentPipeline pipeline, CancellationToken cancellationToken)
    {
        await context.WaitReadyAsync(pipeline, cancellationToken);
        await pipeline.Copy.Ready.Task.WaitAsync(cancellationToken);
        return pipeline.Copy;
    }
}
