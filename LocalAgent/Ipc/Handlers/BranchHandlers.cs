using W0rktree.Core;
using W0rktree.LocalAgent.Branches;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers the branch commands except the switch.</summary>
internal static class BranchHandlers
{
    public static HandlerTable AddBranches(this HandlerTable table) => table
        .Add(Methods.BranchList, IpcJson.Default.BranchListResult, ListAsync)
        .Add(Methods.BranchCreate, IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult, CreateAsync)
        .Add(Methods.BranchDelete, IpcJson.Default.BranchNameParams, IpcJson.Default.BranchResult, DeleteAsync)
        .Add(Methods.BranchRestore, IpcJson.Default.BranchNameParams, IpcJson.Default.BranchResult, RestoreAsync);

    private static async Task<Result<BranchListResult>> ListAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk ? new BranchListResult(await new BranchBook(found.Value.Copy).ListAsync(cancellationToken)) : found.Error;
    }

    private static async Task<Result<BranchResult>> CreateAsync(RequestContext context, BranchCreateParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var at = await new Revisions(found.Value.Copy).ResolveAsync(p.From, cancellationToken);
        if (!at.IsOk)
        {
            return at.Error;
        }

        var created = await new BranchBook(found.Value.Copy).CreateAsync(p.Name, at.Value, cancellationToken);
        if (!created.IsOk)
        {
            return created.Error;
        }

        return p.Switch ? await LineHandlers.SwitchAsync(context, p.Name, cancellationToken) : new BranchResult(p.Name, at.Value.ToString(), 0, 0, null);
    }

    private static async Task<Result<BranchResult>> DeleteAsync(RequestContext context, BranchNameParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk
            ? (await new BranchBook(found.Value.Copy).DeleteAsync(p.Name, cancellationToken)).Map(tip => new BranchResult(p.Name, tip.ToString(), 0, 0, null))
            : found.Error;
    }

    private static async Task<Result<BranchResult>> RestoreAsync(RequestContext context, BranchNameParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        return found.IsOk
            ? (await new BranchBook(found.Value.Copy).RestoreAsync(p.Name, cancellationToken)).Map(tip => new BranchResult(p.Name, tip.ToString(), 0, 0, null))
            : found.Error;
    }
}
