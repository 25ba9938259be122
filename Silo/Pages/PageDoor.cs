using Microsoft.AspNetCore.Http.Features;
using Orleans.Runtime;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Front;
using W0rktree.Silo.Rest;

namespace W0rktree.Silo.Pages;

/// <summary>Stands before every page: how often, as nobody, and what a person and the audit see when it fails.</summary>
internal sealed class PageDoor(RequestDelegate next, IGrainFactory grains, TicketMint mint, RequestLimits limits, RequestAudit audit, ILogger<PageDoor> log)
{
    private const long MaxBodyBytes = 64 << 10;

    /// <summary>Serves one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/device", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/sso", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var session = CallerSession.Open(context, grains, mint);
        session.Subject = RestSubject.Of(context, "page");
        RequestContext.Set(AuditDraft.ActionKey, session.Subject.Action);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        try
        {
            var allowance = limits.TakeForAddress(session.Address);
            if (!allowance.IsGranted)
            {
                context.Response.Headers.RetryAfter = allowance.ResetSeconds.ToString();
            }

            allowance.Require();

            mint.Present(mint.Anonymous(session.RequestId));
            await next(context);
        }
        catch (Exception e) when (e is not OperationCanceledException && !context.Response.HasStarted)
        {
            var refusal = Translate(e, context, session.RequestId);
            await audit.RefusedAsync(session, refusal);
            await DevicePages.RefuseAsync(context, refusal);
        }
    }

    private Refusal Translate(Exception e, HttpContext context, string requestId)
    {
        switch (e)
        {
            case RefusedException refused:
                return refused.Refusal;
            case AccessDeniedException denied:
                return denied.Refusal;
            case BadHttpRequestException or InvalidDataException:
                return Refusals.Invalid("The form cannot be read.");
            default:
                log.LogError(e, "Request {Request} of {Path} failed", requestId, context.Request.Path);
                return new Refusal { Code = "internal", Message = $"The server failed; its log has the details under request {requestId}." };
        }
    }
}
