using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Invitations: a code that lets whoever has it in, once.</summary>
internal static class InvitationRoutes
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);

    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("").WithTags("invitations");
        routes.MapGet("/tenants/{tenant}/invitations", ListAsync).WithName("list_invitations").WithSummary("List the invitations that are open");
        routes.MapPost("/tenants/{tenant}/invitations", InviteAsync).WithName("invite").WithSummary("Invite somebody; the code is shown this once");
        routes.MapDelete("/tenants/{tenant}/invitations/{id}", RevokeAsync).Produces(StatusCodes.Status204NoContent).WithName("revoke_invitation").WithSummary("Take an invitation back");
        routes.MapPost("/invitations/accept", AcceptAsync).WithName("accept_invitation").WithSummary("Become a member by an invitation's code");
    }

    private static async Task<Page<InvitationAnswer>> ListAsync(string tenant, NameBook names, HttpContext context)
    {
        var list = (await (await names.TenantAsync(tenant, context.RequestAborted)).ListInvitationsAsync(context.RequestAborted)).OrRefuse();
        return new Page<InvitationAnswer>([.. list.Invitations.Select(InvitationAnswer.Of)]);
    }

    private static async Task<InvitedAnswer> InviteAsync(string tenant, InviteBody body, IGrainFactory grains, NameBook names, TimeProvider clock, HttpContext context)
    {
        var id = await names.TenantIdAsync(tenant, context.RequestAborted);
        var code = InvitationCode.Draw(id);
        var invite = new Invite
        {
            Code = TokenHash.Of(code),
            Role = IdentityService.RoleOf(body.Role),
            Teams = [.. body.Teams ?? []],
            Note = body.Note ?? "",
            ExpiresAt = body.Expires?.ToUniversalTime() ?? (clock.GetUtcNow() + DefaultLife),
        };
        var invitation = (await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(id)).InviteAsync(invite, context.RequestAborted)).OrRefuse();
        return new InvitedAnswer(code, InvitationAnswer.Of(invitation));
    }

    private static async Task<IResult> RevokeAsync(string tenant, string id, NameBook names, HttpContext context)
    {
        _ = (await (await names.TenantAsync(tenant, context.RequestAborted)).RevokeInvitationAsync(id, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<TenantAnswer> AcceptAsync(AcceptInvitationBody body, IGrainFactory grains, HttpContext context)
    {
        var code = InvitationCode.Parse(body.Code);
        var tenant = grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(code.Tenant));
        _ = (await tenant.AcceptInvitationAsync(code.Code, context.RequestAborted)).OrRefuse();
        return TenantAnswer.Of((await tenant.GetAsync(context.RequestAborted)).OrRefuse());
    }
}

/// <summary>Invites somebody.</summary>
/// <param name="Role">The role that they get: at most the caller's own.</param>
/// <param name="Teams">The teams that they come into.</param>
/// <param name="Note">A word on whom it is for.</param>
/// <param name="Expires">When it ends: within 30 days; a week from now for none.</param>
internal sealed record InviteBody(string Role, IReadOnlyList<string>? Teams = null, string? Note = null, DateTimeOffset? Expires = null);

/// <summary>Takes an invitation.</summary>
/// <param name="Code">Its code: <c>wti_…</c>.</param>
internal sealed record AcceptInvitationBody(string Code);

/// <summary>A new invitation.</summary>
/// <param name="Code">Its code, shown this once.</param>
/// <param name="Invitation">What is known of it.</param>
internal sealed record InvitedAnswer(string Code, InvitationAnswer Invitation);

/// <summary>An open invitation.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Role">The role that the invited gets.</param>
/// <param name="Teams">The teams that the invited comes into.</param>
/// <param name="Note">A word on whom it is for.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record InvitationAnswer(string Id, string Role, IReadOnlyList<string> Teams, string Note, string InvitedBy, DateTimeOffset Created, DateTimeOffset Expires)
{
    public static InvitationAnswer Of(Invitation view) => new(
        view.Invite.Code.PublicId, IdentityService.TextOf(view.Invite.Role), view.Invite.Teams, view.Invite.Note, view.BySlug, view.At, view.Invite.ExpiresAt);
}
