using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace W0rktree.Silo.Rest;

/// <summary>Gives each answer to a GET an ETag of its bytes, and answers 304 to who has them already.</summary>
/// <remarks>Of the bytes and nothing else: two callers who see different things get different tags, and none tells of what they do not see.</remarks>
internal static class EntityTags
{
    /// <summary>Filters the answers of a group of routes.</summary>
    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var answer = await next(invocation);
        var context = invocation.HttpContext;
        if (answer is null or IResult)
        {
            return answer;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType(), RestJson.Options);
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"";
            context.Response.Headers.ETag = tag;
            if (Has(context, tag))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }
        }

        return Results.Bytes(bytes, "application/json; charset=utf-8");
    }

    /// <summary>Tells whether the caller has what a tag names.</summary>
    public static bool Has(HttpContext context, string tag) =>
        EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var held)
        && held.Any(h => h.Equals(EntityTagHeaderValue.Any) || h.Tag.Equals(tag, StringComparison.Ordinal));
}
