using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Grants of a worktree to other tenants.</summary>
internal static class GrantRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/worktrees/{owner}/{name}/grants").WithTags("access");
        routes.MapGet("", ListAsync).WithName("list_grants").WithSummary("List the grants to other tenants");
        routes.MapPost("", GiveAsync).WithName("give_grant").WithSummary("Let another tenant in; nobody gives more than they hold");
        routes.MapDelete("/{id}", EndAsync).Produces(StatusCodes.Status204NoContent).WithName("end_grant").WithSummary("End a grant; open streams end with it");
    }

    private static async Task<Page<GrantAnswer>> ListAsync(string owner, string name, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var worktree = await FindAsync(owner, name, grains, names, context);
        return new Page<GrantAnswer>([.. (await worktree.ListGrantsAsync(context.RequestAborted)).OrRefuse().Grants.Select(GrantAnswer.Of)]);
    }

    private static async Task<GrantAnswer> GiveAsync(string owner, string name, GiveGrantBody body, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var worktree = await FindAsync(owner, name, grains, names, context);

        // Who may not give anything must not learn from here which tenants exist.
        _ = (await worktree.ListGrantsAsync(context.RequestAborted)).OrRefuse();
        var grant = new TenantGrant
        {
            Id = body.Id ?? Guid.NewGuid().ToString("N"),
            Tenant = await names.TenantIdAsync(body.Tenant, context.RequestAborted),
            Slug = body.Tenant,
            Level = WorktreesService.LevelOf(body.Level),
            Trees = body.Trees is { } trees ? [.. trees] : null,
            Paths = body.Paths is { } paths ? [.. paths] : null,
            Expires = body.Expires?.ToUniversalTime(),
        };
        return GrantAnswer.Of((await worktree.GiveGrantAsync(new GiveGrant { Grant = grant }, context.RequestAborted)).OrRefuse());
    }

    private static async Task<IResult> EndAsync(string owner, string name, string id, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var end = new EndGrant { Id = id.Length == 32 ? id : throw Replies.Invalid("A grant's id is 32 lower-case hexadecimal digits.") };
        _ = (await (await FindAsync(owner, name, grains, names, context)).EndGrantAsync(end, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<IWorktreeGrain> FindAsync(string owner, string name, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var worktree = await names.WorktreeAsync(grains, owner, name, context.RequestAborted);
        return grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(worktree.Tenant, worktree.Worktree));
    }
}

/// <summary>Lets another tenant in.</summary>
/// <param name="Tenant">The tenant: a user or an organisation, every member of which is let in.</param>
/// <param name="Level"><c>read</c>, <c>write</c> or <c>admin</c>.</param>
/// <param name="Trees">The only trees, by path, the root tree as an empty text; absent for all.</param>
/// <param name="Paths">The only paths, folders with a trailing <c>/</c>; absent for all.</param>
/// <param name="Expires">When it ends; absent for never.</param>
/// <param name="Id">32 hexadecimal digits; the same again after a lost answer means the same grant.</param>
internal sealed record GiveGrantBody(
    string Tenant, string Level, IReadOnlyList<string>? Trees = null, IReadOnlyList<string>? Paths = null, DateTimeOffset? Expires = null, string? Id = null);

/// <summary>A grant.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">The tenant that is let in, as it was called then.</param>
/// <param name="Level"><c>read</c>, <c>write</c> or <c>admin</c>.</param>
/// <param name="Trees">The only trees; absent for all.</param>
/// <param name="Paths">The only paths; absent for all.</param>
/// <param name="Expires">When it ends; absent for never.</param>
/// <param name="GivenBy">Who gave it.</param>
/// <param name="Given">When.</param>
internal sealed record GrantAnswer(
    string Id, string Tenant, string Level, IReadOnlyList<string>? Trees, IReadOnlyList<string>? Paths, DateTimeOffset? Expires, string GivenBy, DateTimeOffset Given)
{
    public static GrantAnswer Of(TenantGrant grant) => new(
        grant.Id, grant.Slug, grant.Level.ToString().ToLowerInvariant(), List(grant.Trees), List(grant.Paths), grant.Expires, grant.GivenBy, grant.GivenAt);

    private static IReadOnlyList<string>? List(ImmutableArray<string>? only) => only is { } some ? some : null;
}
