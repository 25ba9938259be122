using Microsoft.AspNetCore.Mvc;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Pages;

/// <summary>The page on which somebody confirms that a terminal acts as them.</summary>
internal static class DevicePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/device", ShowAsync).WithName("show_device").ExcludeFromDescription();
        app.MapPost("/device", ConfirmAsync).WithName("confirm_device").ExcludeFromDescription().DisableAntiforgery();
    }

    private static async Task ShowAsync(string? code, SignInDesk desk, HttpContext context)
    {
        if (string.IsNullOrEmpty(code))
        {
            await PageWriter.WriteAsync(context, StatusCodes.Status200OK, "Sign in a terminal", """<form method="get" action="/device"><label>The code that the terminal shows<input name="code" autocomplete="off" autofocus></label><button>Go on</button></form>""");
            return;
        }

        await AskAsync(context, StatusCodes.Status200OK, code, await desk.ShowDeviceAsync(code, context.RequestAborted), "");
    }

    private static async Task ConfirmAsync([FromForm] string code, [FromForm] string account, [FromForm] string password, SignInDesk desk, RequestAudit audit, HttpContext context)
    {
        var asked = await desk.ShowDeviceAsync(code, context.RequestAborted);
        try
        {
            await desk.ConfirmDeviceAsync(code, account, password, CallerSession.Of(context), context.RequestAborted);
        }
        catch (RefusedException e) when (e.Refusal.Code is "denied" or "rate_limited")
        {
            await audit.RefusedAsync(CallerSession.Of(context), e.Refusal);
            await AskAsync(context, StatusCodes.Status403Forbidden, code, asked, e.Refusal.Message);
            return;
        }

        await DoneAsync(context, asked);
    }

    /// <summary>Says that it is done.</summary>
    public static Task DoneAsync(HttpContext context, DeviceRequest asked) => PageWriter.WriteAsync(
        context, StatusCodes.Status200OK, "Signed in", $"<p>{PageWriter.Encode(asked.Client)} is signed in. You can close this page.</p><p>'wt token list' shows the session, and 'wt token revoke' ends it.</p>");

    /// <summary>Says what asks, in the words of every page that confirms it.</summary>
    public static string Describe(string code, DeviceRequest asked) =>
        $"<p><b>{PageWriter.Encode(asked.Client)}</b>, at {PageWriter.Encode(asked.Address)}, asks to act as you. The code is</p><p><code>{UserCode.Show(UserCode.Parse(code))}</code></p>"
        + "<p>Go on only if you started this yourself, and the terminal shows the same code.</p>";

    /// <summary>Writes a refusal as a page.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal) =>
        PageWriter.WriteAsync(context, Rest.RestErrors.StatusOf(refusal.Code), "That did not work", $"<p class=\"bad\">{PageWriter.Encode(refusal.Message)}</p><p>{PageWriter.Encode(refusal.Hint ?? "")}</p>");

    private static Task AskAsync(HttpContext context, int status, string code, DeviceRequest asked, string problem) => PageWriter.WriteAsync(
        context,
        status,
        "Sign in a terminal",
        $"""
        {Describe(code, asked)}<p class="bad">{PageWriter.Encode(problem)}</p>
        <form method="post" action="/device"><input type="hidden" name="code" value="{PageWriter.Encode(UserCode.Parse(code))}">
        <label>User name or email<input name="account" autocomplete="username" required></label>
        <label>Password<input name="password" type="password" autocomplete="current-password" required></label><button>Confirm</button></form>
        """);
}
