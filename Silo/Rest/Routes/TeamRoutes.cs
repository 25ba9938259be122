using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Teams of a tenant.</summary>
internal static class TeamRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/tenants/{tenant}/teams").WithTags("teams");
        routes.MapGet("", ListAsync).WithName("list_teams").WithSummary("List teams by name, with who is in them directly");
        routes.MapPut("/{team}", SetAsync).WithName("set_team").WithSummary("Create a team, or change where it stands");
        routes.MapDelete("/{team}", DeleteAsync).Produces(StatusCodes.Status204NoContent).WithName("delete_team").WithSummary("Delete a team that contains no other");
        routes.MapPut("/{team}/members/{account}", AddAsync).WithName("add_to_team").WithSummary("Take a member into a team");
        routes.MapDelete("/{team}/members/{account}", RemoveAsync).WithName("remove_from_team").WithSummary("Take a member out of a team");
    }

    private static async Task<Page<TeamAnswer>> ListAsync(string tenant, string? cursor, NameBook names, HttpContext context)
    {
        var page = (await (await names.TenantAsync(tenant, context.RequestAborted)).ListTeamsAsync(Cursors.Read(cursor), context.RequestAborted)).OrRefuse();
        return new Page<TeamAnswer>([.. page.Teams.Select(TeamAnswer.Of)], Cursors.Write(page.Next));
    }

    private static async Task<TeamAnswer> SetAsync(string tenant, string team, SetTeamBody body, NameBook names, HttpContext context)
    {
        var request = new SetTeam { Name = team, Parent = body.Parent ?? "", DisplayName = body.DisplayName ?? "" };
        return TeamAnswer.Of((await (await names.TenantAsync(tenant, context.RequestAborted)).SetTeamAsync(request, context.RequestAborted)).OrRefuse());
    }

    private static async Task<IResult> DeleteAsync(string tenant, string team, NameBook names, HttpContext context)
    {
        _ = (await (await names.TenantAsync(tenant, context.RequestAborted)).DeleteTeamAsync(team, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<TeamAnswer> AddAsync(string tenant, string team, string account, NameBook names, HttpContext context)
    {
        var grain = await SeenAsync(tenant, names, context);
        var id = await names.AccountAsync(account, context.RequestAborted);
        return TeamAnswer.Of((await grain.AddToTeamAsync(team, id, context.RequestAborted)).OrRefuse());
    }

    private static async Task<TeamAnswer> RemoveAsync(string tenant, string team, string account, NameBook names, HttpContext context)
    {
        var grain = await SeenAsync(tenant, names, context);
        var id = await names.AccountAsync(account, context.RequestAborted);
        return TeamAnswer.Of((await grain.RemoveFromTeamAsync(team, id, context.RequestAborted)).OrRefuse());
    }

    /// <summary>Finds a tenant that the caller may see: who may not must not learn from the next step which accounts exist.</summary>
    internal static async Task<ITenantGrain> SeenAsync(string tenant, NameBook names, HttpContext context)
    {
        var grain = await names.TenantAsync(tenant, context.RequestAborted);
        _ = (await grain.GetAsync(context.RequestAborted)).OrRefuse();
        return grain;
    }
}

/// <summary>Says where a team stands.</summary>
/// <param name="Parent">The team that contains it; absent for none.</param>
/// <param name="DisplayName">What it is called.</param>
internal sealed record SetTeamBody(string? Parent = null, string? DisplayName = null);

/// <summary>A team.</summary>
/// <param name="Name">Its name, which policies use.</param>
/// <param name="Parent">The team that contains it; absent for none.</param>
/// <param name="DisplayName">What it is called.</param>
/// <param name="Members">Who is in it directly; the first 1,000.</param>
/// <param name="MemberCount">How many are.</param>
internal sealed record TeamAnswer(string Name, string? Parent, string DisplayName, IReadOnlyList<string> Members, int MemberCount)
{
    public static TeamAnswer Of(TeamView view) => new(view.Name, view.Parent.Length == 0 ? null : view.Parent, view.DisplayName, view.Members, view.MemberCount);
}
