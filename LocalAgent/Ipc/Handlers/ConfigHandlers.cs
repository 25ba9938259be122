using W0rktree.Core;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>wt config</c>, inside a worktree and outside of any.</summary>
internal static class ConfigHandlers
{
    public static HandlerTable AddConfiguration(this HandlerTable table, Agent agent) => table
        .Add(Methods.ConfigShow, IpcJson.Default.ConfigShowParams, IpcJson.Default.ConfigShowResult, async (context, p, token) =>
        {
            var found = await FindAsync(context, token);
            return found.IsOk ? new ConfigEdit(found.Value?.Copy.Config ?? agent.Config).Show(p.Key) : found.Error;
        })
        .Add(Methods.ConfigSet, IpcJson.Default.ConfigSetParams, IpcJson.Default.ConfigSetResult, (context, p, token) => SetAsync(agent, context, p, token));

    private static async Task<Result<ConfigSetResult>> SetAsync(Agent agent, RequestContext context, ConfigSetParams p, CancellationToken cancellationToken)
    {
        var found = await FindAsync(context, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var result = await new ConfigEdit(found.Value?.Copy.Config ?? agent.Config).SetAsync(p, cancellationToken);
        if (!result.IsOk)
        {
            return result;
        }

        // What the user's file says holds for every worktree at once, not only from the next look on.
        agent.Config.Reload();
        foreach (var pipeline in agent.Copies.Open)
        {
            pipeline.Copy.Config.Reload();
        }

        if (found.Value is { Copy: var copy })
        {
            // The value may be confidential, the key is not.
            await using var transaction = copy.Store.Begin();
            LineMoves.Log(transaction, copy, "config", $"{(p.Value is null ? "unset" : "set")} {p.Key} ({p.Level})", []);
            await transaction.CommitAsync(cancellationToken);
        }

        return result;
    }

    /// <summary>Gives the working copy around the user, or null where there is none: the user's configuration is there all the same.</summary>
    private static async Task<Result<AgentPipeline?>> FindAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk ? found.Value : found.Error.Code == ErrorCodes.NotAWorktree ? (AgentPipeline?)null : found.Error;
    }
}
