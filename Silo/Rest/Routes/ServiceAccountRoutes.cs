using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Accounts of machines: members that act by tokens alone.</summary>
internal static class ServiceAccountRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/tenants/{tenant}/service-accounts").WithTags("service accounts");
        routes.MapPut("/{service}", CreateAsync).WithName("create_service_account").WithSummary("Create a service account; it is called TENANT--NAME");
        routes.MapGet("/{service}/tokens", ListAsync).WithName("list_service_tokens").WithSummary("List the tokens of a service account");
        routes.MapPost("/{service}/tokens", IssueAsync).WithName("create_service_token").WithSummary("Create a token of a service account; its text is shown this once");
        routes.MapDelete("/{service}/tokens/{id}", RevokeAsync).Produces(StatusCodes.Status204NoContent).WithName("revoke_service_token").WithSummary("End a token of a service account");
    }

    private static async Task<MemberAnswer> CreateAsync(string tenant, string service, SetMemberBody body, NameBook names, HttpContext context)
    {
        var id = await names.TenantIdAsync(tenant, context.RequestAborted);
        var request = new CreateServiceAccount
        {
            // Follows from what it is called, so that a repetition means the same account.
            Account = new AccountId(SignInDesk.Drawn("service", $"{id} {service}")), Name = service, Role = IdentityService.RoleOf(body.Role),
        };
        return MemberAnswer.Of((await (await names.TenantAsync(tenant, context.RequestAborted)).CreateServiceAccountAsync(request, context.RequestAborted)).OrRefuse());
    }

    private static async Task<Page<TokenAnswer>> ListAsync(string tenant, string service, NameBook names, HttpContext context)
    {
        var list = (await (await names.TenantAsync(tenant, context.RequestAborted)).ListServiceTokensAsync(await IdAsync(tenant, service, names, context), context.RequestAborted)).OrRefuse();
        return new Page<TokenAnswer>([.. list.Tokens.Select(t => TokenAnswer.Of(t, ""))]);
    }

    private static async Task<IssuedTokenAnswer> IssueAsync(string tenant, string service, CreateTokenBody body, NameBook names, HttpContext context)
    {
        var text = SignInDesk.DrawToken();
        var request = new ServiceTokenRequest { Account = await IdAsync(tenant, service, names, context), Token = body.Request(text) };
        var view = (await (await names.TenantAsync(tenant, context.RequestAborted)).IssueServiceTokenAsync(request, context.RequestAborted)).OrRefuse();
        return new IssuedTokenAnswer(text, TokenAnswer.Of(view, ""));
    }

    private static async Task<IResult> RevokeAsync(string tenant, string service, string id, NameBook names, HttpContext context)
    {
        var account = await IdAsync(tenant, service, names, context);
        _ = (await (await names.TenantAsync(tenant, context.RequestAborted)).RevokeServiceTokenAsync(account, id, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<AccountId> IdAsync(string tenant, string service, NameBook names, HttpContext context) =>
        new(SignInDesk.Drawn("service", $"{await names.TenantIdAsync(tenant, context.RequestAborted)} {service}"));
}
