using System.Text.Json;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Silo.Rest;

/// <summary>Translates refusals into HTTP answers: the one place where that happens.</summary>
internal static class RestErrors
{
    /// <summary>Gives the status of a code; what is unknown failed because of the state of things.</summary>
    public static int StatusOf(string code) => code switch
    {
        "invalid_argument" or "invalid_branch_name" => StatusCodes.Status400BadRequest,
        "signed_out" or "token_revoked" => StatusCodes.Status401Unauthorized,
        "denied" => StatusCodes.Status403Forbidden,
        "not_found" => StatusCodes.Status404NotFound,
        "method_not_allowed" => StatusCodes.Status405MethodNotAllowed,
        "too_large" => StatusCodes.Status413PayloadTooLarge,
        "unsupported_media_type" => StatusCodes.Status415UnsupportedMediaType,
        "rate_limited" => StatusCodes.Status429TooManyRequests,
        "internal" => StatusCodes.Status500InternalServerError,
        "busy" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    };

    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        context.Response.StatusCode = StatusOf(refusal.Code);
        context.Response.ContentType = "application/json; charset=utf-8";
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"w0rktree\"";
        }

        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(Describe(refusal), RestJson.Options), context.RequestAborted).AsTask();
    }

    /// <summary>Describes a refusal.</summary>
    public static ErrorBody Describe(Refusal refusal) => new(new ErrorInfo(refusal.Code, refusal.Message, refusal.Hint));
}

/// <summary>The shape of every failure.</summary>
/// <param name="Error">What went wrong.</param>
internal sealed record ErrorBody(ErrorInfo Error);

/// <summary>Says what went wrong.</summary>
/// <param name="Code">Stable, snake_case: docs/reference/errors.md lists them.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Hint">The next step, where there is one.</param>
internal sealed record ErrorInfo(string Code, string Message, string? Hint);
