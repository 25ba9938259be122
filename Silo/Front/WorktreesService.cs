using Grpc.Core;
using Orleans;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Front;

/// <summary>Serves worktrees and branches.</summary>
internal sealed partial class WorktreesService(IGrainFactory grains, NameBook names) : Protocol.Grpc.Worktrees.WorktreesBase
{
    /// <inheritdoc/>
    public override async Task<WorktreeInfo> CreateWorktree(CreateWorktreeRequest request, ServerCallContext context)
    {
        if (!WorktreeId.TryParse(request.WorktreeId, out var worktree) || !TreeId.TryParse(request.RootTreeId, out var tree))
        {
            throw Replies.Invalid("A worktree and its tree have ids of 32 lower-case hexadecimal digits each.");
        }

        var tenant = await names.TenantIdAsync(request.Owner, context.CancellationToken);
        var create = new CreateWorktree { Slug = request.Name, RootTree = tree, DefaultBranch = Wire.Branch(request.DefaultBranch.Length == 0 ? BranchName.Main.Text : request.DefaultBranch) };
        var view = await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, worktree)).CreateAsync(create, context.CancellationToken);
        return Describe(view.OrRefuse(), request.Owner);
    }

    /// <inheritdoc/>
    public override async Task<WorktreeInfo> GetWorktree(GetWorktreeRequest request, ServerCallContext context)
    {
        var tenant = await names.TenantIdAsync(request.Owner, context.CancellationToken);
        var name = await names.WorktreeAsync(tenant, request.Name, context.CancellationToken);
        return Describe(await ViewAsync(tenant, name, context.CancellationToken) ?? throw new RefusedException(Refusals.NotFound), request.Owner);
    }

    /// <inheritdoc/>
    public override async Task<ListWorktreesReply> ListWorktrees(ListWorktreesRequest request, ServerCallContext context)
    {
        var tenant = await names.TenantIdAsync(request.Owner, context.CancellationToken);
        var page = (await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).ListWorktreesAsync(request.PageToken, context.CancellationToken)).OrRefuse();
        var reply = new ListWorktreesReply { NextPageToken = page.Next };
        foreach (var name in page.Worktrees)
        {
            if (await ViewAsync(tenant, name, context.CancellationToken) is { } view)
            {
                reply.Worktrees.Add(Describe(view, request.Owner));
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ListBranchesReply> ListBranches(ListBranchesRequest request, ServerCallContext context)
    {
        var tree = grains.GetGrain<ITreeGrain>(GrainKeys.Tree(Wire.Tree(request.Tree)));
        var page = (await tree.ListBranchesAsync(request.PageToken, context.CancellationToken)).OrRefuse();
        var reply = new ListBranchesReply { NextPageToken = page.Next };
        reply.Branches.AddRange(page.Branches.Select(b => new BranchInfo
        {
            Name = b.Name.Text, Head = Wire.Bytes(b.Head), Version = b.Version, MovedUnixMs = b.MovedAt.ToUnixTimeMilliseconds(), MovedBy = b.MovedBy,
        }));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<DeleteBranchReply> DeleteBranch(DeleteBranchRequest request, ServerCallContext context)
    {
        var name = Wire.Branch(request.Name);
        var branch = grains.GetGrain<IBranchGrain>(GrainKeys.Branch(Wire.Tree(request.Tree), name));
        _ = (await branch.DeleteAsync(new DeleteBranch { Name = name, Expected = Wire.Snapshot(request.ExpectedHead) }, context.CancellationToken)).OrRefuse();
        return new DeleteBranchReply();
    }

    /// <summary>Shows a worktree; null where its creation never ended after its name was taken.</summary>
    private async Task<WorktreeView?> ViewAsync(TenantId tenant, WorktreeName name, CancellationToken cancellationToken) =>
        (await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, name.Worktree)).GetAsync(cancellationToken)).Value;

    private static WorktreeInfo Describe(WorktreeView view, string owner)
    {
        var info = new WorktreeInfo
        {
            Root = Wire.Ref(new TreeAddress(view.Tenant, view.Worktree, view.Trees[0].Tree)),
            Owner = owner,
            Name = view.Slug,
            DefaultBranch = view.DefaultBranch.Text,
            MyRole = IdentityService.TextOf(view.Role),
        };
        info.MyPermissions.AddRange(view.Permissions);
        return info;
    }
}
