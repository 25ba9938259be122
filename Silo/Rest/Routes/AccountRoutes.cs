using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Accounts and sessions.</summary>
internal static class AccountRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("").WithTags("account");
        routes.MapPost("/accounts", RegisterAsync).WithName("register").WithSummary("Create an account and sign in").WithMetadata(OpenToAll.Mark);
        routes.MapPost("/sessions", SignInAsync).WithName("sign_in").WithSummary("Sign in with a password").WithMetadata(OpenToAll.Mark);
        routes.MapDelete("/sessions/current", SignOutAsync).Produces(StatusCodes.Status204NoContent).WithName("sign_out").WithSummary("End the token that the call is made with");
        routes.MapGet("/account", ShowAsync).WithName("show_account").WithSummary("Show who is signed in, and where they are a member");
    }

    private static async Task<SessionAnswer> RegisterAsync(RegisterBody body, SignInDesk desk, HttpContext context)
    {
        var requestId = body.RequestId ?? Guid.NewGuid().ToString("N");
        var registration = new Registration(body.Account, body.Email, body.DisplayName ?? "", body.Password, body.Client ?? "REST", requestId, body.Invitation);
        return SessionAnswer.Of(await desk.RegisterAsync(registration, CallerSession.Of(context), context.RequestAborted));
    }

    private static async Task<SessionAnswer> SignInAsync(SignInBody body, SignInDesk desk, HttpContext context) =>
        SessionAnswer.Of(await desk.SignInAsync(body.Account, body.Password, body.Client ?? "REST", CallerSession.Of(context), context.RequestAborted));

    private static async Task<IResult> SignOutAsync(IGrainFactory grains, HttpContext context)
    {
        var session = CallerSession.Of(context);
        _ = (await Self(grains, session).RevokeTokenAsync(session.Token.PublicId, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<AccountAnswer> ShowAsync(IGrainFactory grains, HttpContext context)
    {
        var session = CallerSession.Of(context);
        var view = (await Self(grains, session).GetAsync(context.RequestAborted)).OrRefuse();
        var memberships = new List<MembershipAnswer>();
        foreach (var tenant in view.Memberships)
        {
            if (await IdentityService.MembershipAsync(grains, tenant, context.RequestAborted) is { } membership)
            {
                memberships.Add(new MembershipAnswer(membership.TenantSlug, membership.TenantType, membership.Role));
            }
        }

        return new AccountAnswer(view.Account.ToString(), view.Slug, view.Email, view.DisplayName, memberships, session.Token.PublicId, session.Ticket!.Scopes);
    }

    internal static IAccountGrain Self(IGrainFactory grains, CallerSession session) => grains.GetGrain<IAccountGrain>(GrainKeys.Account(session.Account));
}

/// <summary>Asks for an account.</summary>
/// <param name="Account">The user name: 1 to 39 of a-z, 0-9 and single '-'.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Password">10 to 1,024 bytes.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="Client">What the session is called in lists.</param>
/// <param name="RequestId">32 hexadecimal digits; the same again after a lost answer answers the same account.</param>
/// <param name="Invitation">The code of an invitation, where the server asks for one.</param>
internal sealed record RegisterBody(string Account, string Email, string Password, string? DisplayName = null, string? Client = null, string? RequestId = null, string? Invitation = null);

/// <summary>Asks for a session.</summary>
/// <param name="Account">The user name or the e-mail address.</param>
/// <param name="Password">The password.</param>
/// <param name="Client">What the session is called in lists.</param>
internal sealed record SignInBody(string Account, string Password, string? Client = null);

/// <summary>A session.</summary>
/// <param name="Token">Shown this once.</param>
/// <param name="Account">The user name.</param>
/// <param name="Id">The account's id.</param>
/// <param name="Expires">When the session ends.</param>
internal sealed record SessionAnswer(string Token, string Account, string Id, DateTimeOffset Expires)
{
    public static SessionAnswer Of(SignedIn signedIn) => new(signedIn.Token, signedIn.Account.Slug, signedIn.Account.Account.ToString(), signedIn.ExpiresAt);
}

/// <summary>Who is signed in.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Account">The user name.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="Memberships">Where they are a member.</param>
/// <param name="TokenId">The public id of the token that the call was made with.</param>
/// <param name="Scopes">What that token may be used for.</param>
internal sealed record AccountAnswer(
    string Id, string Account, string Email, string DisplayName, IReadOnlyList<MembershipAnswer> Memberships, string TokenId, IReadOnlyList<string> Scopes);

/// <summary>A membership.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Type"><c>user</c> or <c>organization</c>.</param>
/// <param name="Role">The role.</param>
internal sealed record MembershipAnswer(string Tenant, string Type, string Role);
