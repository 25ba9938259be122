using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Pages.SingleSignOn;

/// <summary>Knows the providers of all organisations that have one.</summary>
internal sealed class ProviderBook(IReadOnlyDictionary<string, ProviderSettings> settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = 1 << 20 };
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Provider> _providers = new(StringComparer.Ordinal);

    /// <summary>Finds the provider of a tenant; null where it has none.</summary>
    public Provider? Find(string tenant) => settings.TryGetValue(tenant, out var found) ? _providers.GetOrAdd(tenant, _ => new Provider(found, _http, clock)) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var provider in _providers.Values)
        {
            provider.Dispose();
        }

        _http.Dispose();
    }
}

/// <summary>The pages of single sign-on.</summary>
internal static class SingleSignOnPages
{
    private const string Cookie = "wt-sso";
    private const string Callback = "/sso/callback";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Callback, ReturnAsync).WithName("end_single_sign_on").ExcludeFromDescription();
        app.MapGet("/sso/{tenant}", ShowAsync).WithName("show_single_sign_on").ExcludeFromDescription();
        app.MapPost("/sso/{tenant}", LeaveAsync).WithName("begin_single_sign_on").ExcludeFromDescription().DisableAntiforgery();
    }

    private static async Task ShowAsync(string tenant, string code, SignInDesk desk, ProviderBook book, HttpContext context)
    {
        var provider = Find(book, tenant);
        var asked = await desk.ShowDeviceAsync(code, context.RequestAborted);
        await PageWriter.WriteAsync(
            context,
            StatusCodes.Status200OK,
            "Sign in a terminal",
            $"""
            {DevicePages.Describe(code, asked)}
            <form method="post" action="/sso/{PageWriter.Encode(Uri.EscapeDataString(tenant))}"><input type="hidden" name="code" value="{PageWriter.Encode(UserCode.Parse(code))}">
            <button>Go on to {PageWriter.Encode(provider.Settings.Issuer.Host)}</button></form>
            """,
            provider.Settings.Issuer.GetLeftPart(UriPartial.Authority));
    }

    private static async Task<IResult> LeaveAsync(string tenant, [FromForm] string code, SignInDesk desk, ProviderBook book, HttpContext context)
    {
        var provider = Find(book, tenant);
        RequireOwnPage(context);
        _ = await desk.ShowDeviceAsync(code, context.RequestAborted);
        var journey = Journey.Begin(tenant, UserCode.Parse(code));
        var address = await provider.AddressAsync(journey, CallbackOf(context), context.RequestAborted);
        context.Response.Cookies.Append(Cookie, journey.Write(), Options(context));
        return Results.Redirect(address.ToString());
    }

    private static async Task ReturnAsync(string? code, string? state, string? error, string? iss, SignInDesk desk, ProviderBook book, IGrainFactory grains, TicketMint mint, HttpContext context)
    {
        var journey = Journey.Read(context.Request.Cookies[Cookie]);
        context.Response.Cookies.Delete(Cookie, Options(context));
        if (journey is null || state is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(journey.State)))
        {
            throw Denied("The answer does not belong to a sign-in that began in this browser.");
        }

        if (error is not null || code is null)
        {
            throw Denied("The identity provider refused the sign-in.");
        }

        // Another provider's code must not be taken to this one (RFC 9207), where the provider says whose it is.
        var provider = Find(book, journey.Tenant);
        if (iss is not null && iss.TrimEnd('/') != provider.Settings.Issuer.OriginalString.TrimEnd('/'))
        {
            throw Denied("The answer is another identity provider's.");
        }

        var asked = await desk.ShowDeviceAsync(journey.Code, context.RequestAborted);
        var person = (await provider.RedeemAsync(code, journey, CallbackOf(context), context.RequestAborted)).OrRefuse();
        var account = await ComeInAsync(person, provider.Settings, grains, mint, context);
        await desk.AdmitAsync(journey.Code, account, context.RequestAborted);
        await DevicePages.DoneAsync(context, asked);
    }

    /// <summary>Gives the account of somebody; makes it, and takes it into the organisation, where they come for the first time.</summary>
    private static async Task<AccountId> ComeInAsync(IdToken person, ProviderSettings settings, IGrainFactory grains, TicketMint mint, HttpContext context)
    {
        // Issuer and subject are who somebody is; names and addresses are given to others in time.
        var who = $"{person.Issuer}\n{person.Subject}";
        var id = new AccountId(SignInDesk.Drawn("oidc account", who));
        var grain = grains.GetGrain<IAccountGrain>(GrainKeys.Account(id));
        var organisation = await grains.GetGrain<INameGrain>(GrainKeys.Slug(settings.Tenant)).ResolveAsync(context.RequestAborted) ?? throw new RefusedException(Refusals.NotFound);
        var identity = new ExternalIdentity { Tenant = new TenantId(SignInDesk.Drawn("oidc tenant", who)), Name = person.Name, Email = person.Email, DisplayName = person.DisplayName };
        await mint.AsSystemAsync("single-sign-on", async () =>
        {
            var account = (await grain.StartExternalAsync(identity, context.RequestAborted)).OrRefuse();

            // Once: who was let go comes in again only when somebody adds them. A first try that was cut off is made up for.
            if (account.AwaitsAdmission)
            {
                _ = (await grains.GetGrain<Grains.Abstractions.Tenants.ITenantGrain>(GrainKeys.Tenant(organisation.Tenant)).AdmitAsync(id, settings.Role, context.RequestAborted)).OrRefuse();
            }

            return true;
        });
        return id;
    }

    private static Provider Find(ProviderBook book, string tenant) => book.Find(tenant) ?? throw new RefusedException(new Refusal
    {
        Code = "not_found", Message = "There is no single sign-on for this organisation at this server.", Hint = "Sign in with a password: wt login --user NAME",
    });

    /// <summary>Refuses a form that another site sent: a person must have seen this server's page and clicked there.</summary>
    private static void RequireOwnPage(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            throw Denied("The request did not come from this server's own page.");
        }
    }

    private static RefusedException Denied(string message) => new(new Refusal { Code = "denied", Message = message, Hint = "Begin again: wt login" });

    private static string CallbackOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{Callback}";

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/sso", MaxAge = TimeSpan.FromMinutes(10), IsEssential = true,
    };
}
