using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>Sign-in where there is no browser.</summary>
internal static class DeviceRoutes
{
    // Often enough to feel at once, and far below the limit of requests.
    private const int IntervalSeconds = 2;

    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/device").WithTags("account");
        routes.MapPost("", BeginAsync).WithName("begin_device_sign_in").WithSummary("Begin a sign-in that somebody confirms in a browser").WithMetadata(OpenToAll.Mark);
        routes.MapPost("/token", AwaitAsync).WithName("await_device_sign_in").WithSummary("Ask whether it was confirmed: authorization_pending until then").WithMetadata(OpenToAll.Mark);
    }

    private static async Task<DeviceAnswer> BeginAsync(BeginDeviceBody body, SignInDesk desk, HttpContext context)
    {
        var begun = await desk.BeginDeviceAsync(body.Client, CallerSession.Of(context), context.RequestAborted);
        var page = $"{context.Request.Scheme}://{context.Request.Host}/{(body.Tenant is { } tenant ? $"sso/{Uri.EscapeDataString(tenant)}" : "device")}";
        return new DeviceAnswer(begun.Token, UserCode.Show(begun.Code), page, $"{page}?code={begun.Code}", (int)DeviceRequest.Life.TotalSeconds, IntervalSeconds);
    }

    private static async Task<DeviceTokenAnswer> AwaitAsync(AwaitDeviceBody body, SignInDesk desk, HttpContext context)
    {
        await desk.AwaitDeviceAsync(body.DeviceCode, body.UserCode, context.RequestAborted);
        return new DeviceTokenAnswer(body.DeviceCode);
    }
}

/// <summary>Begins a sign-in.</summary>
/// <param name="Client">What asks, for the page that confirms it and for lists: such as <c>wt on laptop</c>.</param>
/// <param name="Tenant">The organisation whose identity provider is to confirm it; absent for a password.</param>
internal sealed record BeginDeviceBody(string Client, string? Tenant = null);

/// <summary>A sign-in that waits to be confirmed.</summary>
/// <param name="DeviceCode">The secret of who began it: the session's token, once it is confirmed.</param>
/// <param name="UserCode">What a person compares or types.</param>
/// <param name="VerificationUri">Where.</param>
/// <param name="VerificationUriComplete">The same with the code in it.</param>
/// <param name="ExpiresIn">Seconds until it lapses.</param>
/// <param name="Interval">Seconds between two questions.</param>
internal sealed record DeviceAnswer(string DeviceCode, string UserCode, string VerificationUri, string VerificationUriComplete, int ExpiresIn, int Interval);

/// <summary>Asks whether a sign-in was confirmed.</summary>
/// <param name="DeviceCode">The secret of who began it.</param>
/// <param name="UserCode">The code that was shown.</param>
internal sealed record AwaitDeviceBody(string DeviceCode, string UserCode);

/// <summary>A session.</summary>
/// <param name="Token">Its token.</param>
internal sealed record DeviceTokenAnswer(string Token);
