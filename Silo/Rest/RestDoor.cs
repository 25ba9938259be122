using Microsoft.AspNetCore.Http.Features;
using Orleans.Runtime;
using Orleans.Storage;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest;

/// <summary>Marks a route that takes requests without a token.</summary>
internal sealed class OpenToAll
{
    /// <summary>The mark.</summary>
    public static OpenToAll Mark { get; } = new();
}

/// <summary>Stands before every request to <c>/api</c>: who calls, how often, how it ends when it fails, and what the audit says of it before the answer.</summary>
internal sealed class RestDoor(RequestDelegate next, IGrainFactory grains, TicketMint mint, RequestLimits limits, QuotaBook quotas, RequestAudit audit, ILogger<RestDoor> log)
{
    /// <summary>Where REST begins.</summary>
    public const string Prefix = "/api";

    // The largest thing that REST takes is a form; content comes by gRPC.
    private const long MaxBodyBytes = 1 << 20;

    /// <summary>Serves one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var session = CallerSession.Open(context, grains, mint);
        session.Subject = RestSubject.Of(context);
        RequestContext.Set(AuditDraft.ActionKey, session.Subject.Action);
        var headers = context.Response.Headers;
        (headers["X-Request-Id"], headers.CacheControl, headers.XContentTypeOptions) = (session.RequestId, "private, no-cache", "nosniff");
        LimitBody(context);
        try
        {
            // Presented here, not in a method that is awaited: what such a method sets is lost when it returns.
            mint.Present(await AdmitAsync(context, session));
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null } && WordsFor(context.Response.StatusCode) is { } refusal)
            {
                await RefuseAsync(context, session, refusal);
            }
            else
            {
                await audit.AnsweredAsync(session);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException && !context.Response.HasStarted)
        {
            await RefuseAsync(context, session, Translate(e, context, session.RequestId));
        }
        catch (OperationCanceledException) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await RestErrors.WriteAsync(context, new Refusal { Code = "busy", Message = "The server is stopping." });
        }
        catch (Exception e) when (e is RefusedException or AccessDeniedException or OperationCanceledException)
        {
            context.Abort(); // Amid content: what was sent must not look whole. That it went out is on record.
        }
    }

    private async Task RefuseAsync(HttpContext context, CallerSession session, Refusal refusal)
    {
        await audit.RefusedAsync(session, refusal);
        await RestErrors.WriteAsync(context, refusal);
    }

    /// <summary>Counts the request and says who makes it.</summary>
    private async Task<CallerTicket> AdmitAsync(HttpContext context, CallerSession session)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            Require(context, limits.TakeForAddress(session.Address));
            return endpoint is not null ? mint.Anonymous(session.RequestId) : throw new RefusedException(Refusals.NotFound);
        }

        try
        {
            var ticket = await session.RenewAsync(context.RequestAborted);
            Require(context, limits.TakeForToken(session.Token.PublicId));
            if (await quotas.CountAsync(ticket, context.RequestAborted) is { } exceeded)
            {
                Require(context, exceeded);
            }

            return ticket;
        }
        catch (RefusedException e) when (e.Refusal.Code is "signed_out" or "token_revoked")
        {
            Require(context, limits.TakeForAddress(session.Address));
            throw;
        }
    }

    private static void Require(HttpContext context, Allowance allowance)
    {
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = allowance.Limit.ToString();
        headers["RateLimit-Remaining"] = allowance.Remaining.ToString();
        headers["RateLimit-Reset"] = allowance.ResetSeconds.ToString();
        if (!allowance.IsGranted)
        {
            headers.RetryAfter = allowance.ResetSeconds.ToString();
        }

        allowance.Require();
    }

    private static void LimitBody(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }
    }

    /// <summary>Gives words to what the framework answers with a bare status.</summary>
    private static Refusal? WordsFor(int status) => status switch
    {
        StatusCodes.Status404NotFound => Refusals.NotFound,
        StatusCodes.Status405MethodNotAllowed => new Refusal { Code = "method_not_allowed", Message = "The address does not take this method." },
        StatusCodes.Status413PayloadTooLarge => new Refusal { Code = "too_large", Message = "The request's body is too large." },
        StatusCodes.Status415UnsupportedMediaType => new Refusal { Code = "unsupported_media_type", Message = "The request's body must be application/json." },
        >= 500 => null,
        _ => Refusals.Invalid("The request cannot be read."),
    };

    private Refusal Translate(Exception e, HttpContext context, string requestId)
    {
        switch (e)
        {
            case RefusedException refused:
                return refused.Refusal;
            case AccessDeniedException denied:
                return denied.Refusal;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType } bad:
                return WordsFor(bad.StatusCode)!;
            case BadHttpRequestException bad:
                return Refusals.Invalid(bad.InnerException is System.Text.Json.JsonException json ? $"The body cannot be read: {json.Message}" : bad.Message);
            case TimeoutException or InconsistentStateException:
                log.LogWarning(e, "Request {Request} of {Path} met a busy server", requestId, context.Request.Path);
                return new Refusal { Code = "busy", Message = "The server could not answer in time.", Hint = "Try again." };
            default:
                // The text of an unexpected failure may name what the caller must not know of.
                log.LogError(e, "Request {Request} of {Path} failed", requestId, context.Request.Path);
                return new Refusal { Code = "internal", Message = $"The server failed; its log has the details under request {requestId}." };
        }
    }
}
