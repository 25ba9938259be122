using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest.Routes;

/// <summary>The caller's own tokens.</summary>
internal static class TokenRoutes
{
    public static void Map(RouteGroupBuilder root)
    {
        var routes = root.MapGroup("/tokens").WithTags("tokens");
        routes.MapGet("", ListAsync).WithName("list_tokens").WithSummary("List your tokens and sessions");
        routes.MapPost("", CreateAsync).WithName("create_token").WithSummary("Create a personal token; its text is shown this once");
        routes.MapDelete("/{id}", RevokeAsync).Produces(StatusCodes.Status204NoContent).WithName("revoke_token").WithSummary("End a token; answers when nothing that starts afterwards can use it");
    }

    private static async Task<Page<TokenAnswer>> ListAsync(IGrainFactory grains, HttpContext context)
    {
        var session = CallerSession.Of(context);
        var list = (await AccountRoutes.Self(grains, session).ListTokensAsync(context.RequestAborted)).OrRefuse();
        return new Page<TokenAnswer>([.. list.Tokens.Select(t => TokenAnswer.Of(t, session.Token.PublicId))]);
    }

    private static async Task<IssuedTokenAnswer> CreateAsync(CreateTokenBody body, IGrainFactory grains, HttpContext context)
    {
        var session = CallerSession.Of(context);
        var text = SignInDesk.DrawToken();
        var view = (await AccountRoutes.Self(grains, session).IssueTokenAsync(body.Request(text), context.RequestAborted)).OrRefuse();
        return new IssuedTokenAnswer(text, TokenAnswer.Of(view, session.Token.PublicId));
    }

    private static async Task<IResult> RevokeAsync(string id, IGrainFactory grains, HttpContext context)
    {
        _ = (await AccountRoutes.Self(grains, CallerSession.Of(context)).RevokeTokenAsync(id, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }
}

/// <summary>Asks for a token.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">The permissions it is limited to; all for none.</param>
/// <param name="Expires">When it ends; never for none.</param>
/// <param name="RequestId">32 hexadecimal digits; the same again after a lost answer replaces the token whose text was lost.</param>
internal sealed record CreateTokenBody(string Name, IReadOnlyList<string>? Scopes = null, DateTimeOffset? Expires = null, string? RequestId = null)
{
    public TokenRequest Request(string text) => new()
    {
        Hash = TokenHash.Of(text),
        Label = Name,
        Scopes = Scopes is { Count: > 0 } given ? [.. given] : ["*"],
        ExpiresAt = Expires?.ToUniversalTime(),
        Kind = TokenKind.Token,
        RequestId = RequestId is null ? "" : Wire.RequestId(RequestId),
    };
}

/// <summary>A new token.</summary>
/// <param name="Token">Its text, shown this once.</param>
/// <param name="Info">What is known of it.</param>
internal sealed record IssuedTokenAnswer(string Token, TokenAnswer Info);

/// <summary>What is known of a token.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Kind"><c>session</c> or <c>token</c>.</param>
/// <param name="Scopes">The permissions it may be used for.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends.</param>
/// <param name="LastUsed">When it was last used, to within five minutes.</param>
/// <param name="Current">Whether the call is made with it.</param>
internal sealed record TokenAnswer(
    string Id, string Name, string Kind, IReadOnlyList<string> Scopes, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? LastUsed, bool Current)
{
    public static TokenAnswer Of(TokenView view, string current) => new(
        view.Id, view.Label, view.Kind == TokenKind.Session ? "session" : "token", view.Scopes, view.CreatedAt, view.ExpiresAt, view.LastUsedAt, view.Id == current);
}
