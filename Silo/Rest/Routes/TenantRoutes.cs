using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Tenants and their members.</summary>
internal static class TenantRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/tenants").WithTags("tenants");
        routes.MapPost("", CreateAsync).WithName("create_tenant").WithSummary("Create an organisation; the caller becomes its owner");
        routes.MapGet("/{tenant}", ShowAsync).WithName("show_tenant").WithSummary("Show a tenant");
        routes.MapPatch("/{tenant}", ChangeAsync).WithName("change_tenant").WithSummary("Rename an organisation, or set what a tenant may do");
        routes.MapGet("/{tenant}/members", ListMembersAsync).WithName("list_members").WithSummary("List members by name");
        routes.MapPut("/{tenant}/members/{account}", SetMemberAsync).WithName("set_member").WithSummary("Add a member, or change a member's role");
        routes.MapPatch("/{tenant}/members/{account}/attributes", SetAttributesAsync).WithName("set_attributes").WithSummary("Say of a member what conditions of policies compare; an empty value takes it away");
        routes.MapDelete("/{tenant}/members/{account}", RemoveMemberAsync).Produces(StatusCodes.Status204NoContent).WithName("remove_member").WithSummary("Let a member go");
    }

    private static async Task<TenantAnswer> CreateAsync(CreateTenantBody body, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var session = CallerSession.Of(context);
        var tenant = new TenantId(SignInDesk.Drawn("organization", (body.RequestId ?? Guid.NewGuid().ToString("N")) + session.Account));
        var request = new CreateOrganization { Tenant = tenant, Slug = body.Tenant, Email = body.Email.Trim().ToLowerInvariant(), DisplayName = body.DisplayName ?? "" };
        _ = (await AccountRoutes.Self(grains, session).CreateOrganizationAsync(request, context.RequestAborted)).OrRefuse();
        return await ShowAsync(body.Tenant, names, context);
    }

    private static async Task<TenantAnswer> ShowAsync(string tenant, NameBook names, HttpContext context) =>
        TenantAnswer.Of((await (await names.TenantAsync(tenant, context.RequestAborted)).GetAsync(context.RequestAborted)).OrRefuse());

    private static async Task<TenantAnswer> ChangeAsync(string tenant, ChangeTenantBody body, IGrainFactory grains, NameBook names, HttpContext context)
    {
        var id = await names.TenantIdAsync(tenant, context.RequestAborted);
        var grain = grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(id));
        if (body.Status is { } status)
        {
            var asked = Enum.TryParse<TenantStatus>(status, ignoreCase: true, out var known) && Enum.IsDefined(known) && char.IsAsciiLetter(status[0])
                ? known : throw Replies.Invalid("A status is one of active, suspended and deactivated.");

            // An operator need not be a member, and a member need not be an operator: the first is asked first, and answers as for what does not exist.
            var moderated = await AccountRoutes.Self(grains, CallerSession.Of(context)).ModerateAsync(id, asked, context.RequestAborted);
            _ = (moderated.Refusal is { Code: "not_found" } ? await grain.StandStillAsync(asked, context.RequestAborted) : moderated).OrRefuse();
            if (body.Name is null)
            {
                return new TenantAnswer(id.ToString(), tenant, "", status.ToLowerInvariant(), "");
            }
        }

        return TenantAnswer.Of((body.Name is { } name ? await grain.RenameAsync(name, context.RequestAborted) : await grain.GetAsync(context.RequestAborted)).OrRefuse());
    }

    private static async Task<Page<MemberAnswer>> ListMembersAsync(string tenant, string? cursor, NameBook names, HttpContext context)
    {
        var page = (await (await names.TenantAsync(tenant, context.RequestAborted)).ListMembersAsync(Cursors.Read(cursor), context.RequestAborted)).OrRefuse();
        return new Page<MemberAnswer>([.. page.Members.Select(MemberAnswer.Of)], Cursors.Write(page.Next));
    }

    private static async Task<MemberAnswer> SetMemberAsync(string tenant, string account, SetMemberBody body, NameBook names, HttpContext context)
    {
        var grain = await names.TenantAsync(tenant, context.RequestAborted);

        // Who may not see the tenant must not learn from here which accounts exist.
        _ = (await grain.GetAsync(context.RequestAborted)).OrRefuse();
        var id = await names.AccountAsync(account, context.RequestAborted);
        return MemberAnswer.Of((await grain.SetMemberAsync(id, IdentityService.RoleOf(body.Role), context.RequestAborted)).OrRefuse());
    }

    private static async Task<MemberAnswer> SetAttributesAsync(string tenant, string account, SetAttributesBody body, NameBook names, HttpContext context)
    {
        var grain = await TeamRoutes.SeenAsync(tenant, names, context);
        var id = await names.AccountAsync(account, context.RequestAborted);
        var request = new SetAttributes { Account = id, Attributes = [.. body.Attributes.Select(a => new MemberAttribute { Name = a.Key, Value = a.Value })] };
        return MemberAnswer.Of((await grain.SetAttributesAsync(request, context.RequestAborted)).OrRefuse());
    }

    private static async Task<IResult> RemoveMemberAsync(string tenant, string account, NameBook names, HttpContext context)
    {
        var grain = await names.TenantAsync(tenant, context.RequestAborted);
        _ = (await grain.GetAsync(context.RequestAborted)).OrRefuse();
        var id = await names.AccountAsync(account, context.RequestAborted);
        var removed = id == CallerSession.Of(context).Account ? await grain.LeaveAsync(context.RequestAborted) : await grain.RemoveMemberAsync(id, context.RequestAborted);
        _ = removed.OrRefuse();
        return Results.NoContent();
    }
}

/// <summary>Asks for an organisation.</summary>
/// <param name="Tenant">Its name in addresses: 1 to 39 of a-z, 0-9 and single '-'.</param>
/// <param name="Email">The address to reach it at.</param>
/// <param name="DisplayName">What it is called.</param>
/// <param name="RequestId">32 hexadecimal digits; the same again after a lost answer answers the same.</param>
internal sealed record CreateTenantBody(string Tenant, string Email, string? DisplayName = null, string? RequestId = null);

/// <summary>Changes a tenant; what is absent stays.</summary>
/// <param name="Name">Its new name in addresses; the old one goes on leading to it.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c> or <c>deactivated</c>.</param>
internal sealed record ChangeTenantBody(string? Name = null, string? Status = null);

/// <summary>Says something of a member; what is not named stays.</summary>
/// <param name="Attributes">Values by name; an empty one takes it away.</param>
internal sealed record SetAttributesBody(IReadOnlyDictionary<string, string> Attributes);

/// <summary>A tenant.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Its name in addresses.</param>
/// <param name="Type"><c>user</c> or <c>organization</c>.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c> or <c>deactivated</c>.</param>
/// <param name="MyRole">The caller's role.</param>
/// <param name="MyTeams">The teams that the caller is in, with those that contain them.</param>
/// <param name="FormerNames">The names that it had before, which still lead to it.</param>
internal sealed record TenantAnswer(
    string Id, string Tenant, string Type, string Status, string MyRole, IReadOnlyList<string>? MyTeams = null, IReadOnlyList<string>? FormerNames = null)
{
    public static TenantAnswer Of(TenantView view) => new(
        view.Tenant.ToString(), view.Slug, view.Kind == TenantKind.User ? "user" : "organization", view.Status.ToString().ToLowerInvariant(), IdentityService.TextOf(view.Role),
        view.Teams, view.FormerSlugs.IsEmpty ? null : view.FormerSlugs);
}

/// <summary>A member.</summary>
/// <param name="Account">The user name.</param>
/// <param name="Id">The account's id.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="Role">The role.</param>
/// <param name="Status">Whether the account may work: <c>active</c>, <c>suspended</c> or <c>deactivated</c>.</param>
/// <param name="Service">Whether it is a service account of the tenant.</param>
/// <param name="Attributes">What the tenant says of the member, for conditions of policies; absent for nothing.</param>
internal sealed record MemberAnswer(string Account, string Id, string DisplayName, string Role, string Status, bool Service, IReadOnlyDictionary<string, string>? Attributes = null)
{
    public static MemberAnswer Of(Member member) => new(member.Slug, member.Account.ToString(), member.DisplayName, IdentityService.TextOf(member.Role),
        member.Status.ToString().ToLowerInvariant(), member.IsService,
        member.Attributes.IsEmpty ? null : member.Attributes.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal));
}

/// <summary>Gives a role.</summary>
/// <param name="Role"><c>owner</c>, <c>admin</c>, <c>maintainer</c>, <c>developer</c> or <c>viewer</c>.</param>
internal sealed record SetMemberBody(string Role);
