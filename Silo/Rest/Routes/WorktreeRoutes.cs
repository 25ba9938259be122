using Microsoft.AspNetCore.Mvc;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Worktrees, their trees and branches.</summary>
internal static class WorktreeRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees").WithTags("worktrees");
        routes.MapGet("/{owner}", ListAsync).WithName("list_worktrees").WithSummary("List a tenant's worktrees by name");
        routes.MapPost("/{owner}", CreateAsync).WithName("create_worktree").WithSummary("Register a worktree under ids of the caller's");
        routes.MapGet("/{owner}/{name}", ShowAsync).WithName("show_worktree").WithSummary("Show a worktree and what you may do to it");
        routes.MapPatch("/{owner}/{name}", ChangeAsync).WithName("change_worktree").WithSummary("Let everybody with an account read, or members and grants alone");
        routes.MapGet("/{owner}/{name}/trees", ListTreesAsync).WithName("list_trees").WithSummary("List a worktree's trees by path, the root tree first");
        routes.MapGet("/{owner}/{name}/branches", ListBranchesAsync).WithName("list_branches").WithSummary("List a tree's branches by name");
        routes.MapGet("/{owner}/{name}/branches/{**branch}", ShowBranchAsync).WithName("show_branch").WithSummary("Show a branch");
        routes.MapDelete("/{owner}/{name}/branches/{**branch}", DeleteBranchAsync).Produces(StatusCodes.Status204NoContent).WithName("delete_branch").WithSummary("Delete a branch if its head is the one given");
    }

    private static async Task<Page<WorktreeAnswer>> ListAsync(string owner, string? cursor, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var tenant = await names.TenantIdAsync(owner, context.RequestAborted);
        var page = (await (await names.TenantAsync(owner, context.RequestAborted)).ListWorktreesAsync(Cursors.Read(cursor), context.RequestAborted)).OrRefuse();
        var items = new List<WorktreeAnswer>();
        foreach (var name in page.Worktrees)
        {
            // A creation that never ended after its name was taken has nothing to show.
            if ((await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, name.Worktree)).GetAsync(context.RequestAborted)).Value is { } view)
            {
                items.Add(WorktreeAnswer.Of(owner, view));
            }
        }

        return new Page<WorktreeAnswer>(items, Cursors.Write(page.Next));
    }

    private static async Task<WorktreeAnswer> CreateAsync(string owner, CreateWorktreeBody body, IGrainFactory grains, NameBook names, HttpContext context)
    {
        if (!WorktreeId.TryParse(body.Id, out var worktree) || !TreeId.TryParse(body.RootTree, out var tree))
        {
            throw Replies.Invalid("A worktree and its tree have ids of 32 lower-case hexadecimal digits each.");
        }

        var tenant = await names.TenantIdAsync(owner, context.RequestAborted);
        var create = new CreateWorktree { Slug = body.Name, RootTree = tree, DefaultBranch = Wire.Branch(body.DefaultBranch ?? BranchName.Main.Text) };
        return WorktreeAnswer.Of(owner, (await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, worktree)).CreateAsync(create, context.RequestAborted)).OrRefuse());
    }

    private static async Task<WorktreeAnswer> ShowAsync(string owner, string name, IGrainFactory grains, NameBook names, HttpContext context) =>
        WorktreeAnswer.Of(owner, await names.WorktreeAsync(grains, owner, name, context.RequestAborted));

    private static async Task<WorktreeAnswer> ChangeAsync(string owner, string name, ChangeWorktreeBody body, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var isPublic = body.Visibility switch
        {
            "public" => true,
            "private" => false,
            _ => throw Replies.Invalid("A visibility is one of public and private."),
        };
        var worktree = await names.WorktreeAsync(grains, owner, name, context.RequestAborted);
        var grain = grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(worktree.Tenant, worktree.Worktree));
        return WorktreeAnswer.Of(owner, (await grain.SetVisibilityAsync(isPublic, context.RequestAborted)).OrRefuse());
    }

    private static async Task<Page<TreeAnswer>> ListTreesAsync(string owner, string name, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var worktree = await names.WorktreeAsync(grains, owner, name, context.RequestAborted);
        return new Page<TreeAnswer>([.. worktree.Trees.Select(t => new TreeAnswer(t.Path.IsRoot ? "" : t.Path.ToString(), t.Tree.ToString()))]);
    }

    private static async Task<Page<BranchAnswer>> ListBranchesAsync(string owner, string name, string? tree, string? cursor, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var address = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        var page = (await grains.GetGrain<ITreeGrain>(GrainKeys.Tree(address)).ListBranchesAsync(Cursors.Read(cursor), context.RequestAborted)).OrRefuse();
        return new Page<BranchAnswer>([.. page.Branches.Select(BranchAnswer.Of)], Cursors.Write(page.Next));
    }

    private static async Task<BranchAnswer> ShowBranchAsync(string owner, string name, string branch, string? tree, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var address = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        return BranchAnswer.Of((await grains.GetGrain<IBranchGrain>(GrainKeys.Branch(address, Wire.Branch(branch))).GetAsync(context.RequestAborted)).OrRefuse());
    }

    private static async Task<IResult> DeleteBranchAsync(string owner, string name, string branch, string? tree, [FromQuery(Name = "expected_head")] string expectedHead, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var address = (await names.WorktreeAsync(grains, owner, name, context.RequestAborted)).Tree(tree);
        var expected = SnapshotId.TryParse(expectedHead, out var head) ? head : throw Replies.Invalid("A snapshot's id is 64 lower-case hexadecimal digits.");
        var delete = new DeleteBranch { Name = Wire.Branch(branch), Expected = expected };
        _ = (await grains.GetGrain<IBranchGrain>(GrainKeys.Branch(address, delete.Name)).DeleteAsync(delete, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }
}

/// <summary>Asks for a worktree.</summary>
/// <param name="Name">Its name: 1 to 64 of a-z, 0-9, '-', '_' and '.'.</param>
/// <param name="Id">The id that it was given offline: 32 hexadecimal digits.</param>
/// <param name="RootTree">The id of its root tree, likewise.</param>
/// <param name="DefaultBranch">The branch that a clone starts on; <c>main</c> for none.</param>
internal sealed record CreateWorktreeBody(string Name, string Id, string RootTree, string? DefaultBranch = null);

/// <summary>Changes a worktree.</summary>
/// <param name="Visibility"><c>public</c>: everybody with an account reads, but where a rule denies it; or <c>private</c>.</param>
internal sealed record ChangeWorktreeBody(string Visibility);

/// <summary>A worktree.</summary>
/// <param name="Owner">The tenant's name.</param>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="RootTree">The id of its root tree.</param>
/// <param name="DefaultBranch">The branch that a clone starts on, and whose head holds the policies in force.</param>
/// <param name="MyRole">The caller's role; empty for none.</param>
/// <param name="MyPermissions">What the caller may do to it as a whole.</param>
/// <param name="Visibility"><c>public</c> or <c>private</c>.</param>
internal sealed record WorktreeAnswer(
    string Owner, string Name, string Id, string RootTree, string DefaultBranch, string MyRole, IReadOnlyList<string> MyPermissions, string Visibility)
{
    public static WorktreeAnswer Of(string owner, WorktreeView view) => new(
        owner, view.Slug, view.Worktree.ToString(), view.Trees[0].Tree.ToString(), view.DefaultBranch.Text, IdentityService.TextOf(view.Role), view.Permissions,
        view.IsPublic ? "public" : "private");
}

/// <summary>A tree.</summary>
/// <param name="Path">Where it is in the worktree; empty for the root tree.</param>
/// <param name="Id">Its id.</param>
internal sealed record TreeAnswer(string Path, string Id);

/// <summary>A branch.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Head">The snapshot that it points to.</param>
/// <param name="Version">How often it has changed.</param>
/// <param name="MovedBy">Who moved it last.</param>
/// <param name="MovedAt">When.</param>
internal sealed record BranchAnswer(string Name, string Head, long Version, string MovedBy, DateTimeOffset MovedAt)
{
    public static BranchAnswer Of(BranchView view) => new(view.Name.Text, view.Head.ToString(), view.Version, view.MovedBy, view.MovedAt);
}
