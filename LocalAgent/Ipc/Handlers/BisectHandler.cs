using W0rktree.Core;
using W0rktree.LocalAgent.History;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>bisect</c>.</summary>
internal static class BisectHandler
{
    public static HandlerTable AddBisect(this HandlerTable table) => table.Add(Methods.Bisect, IpcJson.Default.BisectParams, IpcJson.Default.BisectResult, BisectAsync);

    private static async Task<Result<BisectResult>> BisectAsync(RequestContext context, BisectParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk ? await new Bisection(found.Value.Copy, found.Value.Operations).RunAsync(p, context.Progress, cancellationToken) : found.Error;
    }
}
