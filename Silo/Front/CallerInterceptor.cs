using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Front;

/// <summary>Stands around every gRPC call: who calls, how it ends when it fails, and what the audit says of it before the answer.</summary>
internal sealed class CallerInterceptor(IGrainFactory grains, TicketMint mint, RequestAudit audit, RequestLimits limits, QuotaBook quotas, ILogger<CallerInterceptor> log) : Interceptor
{
    // Everything else asks for a token before the request is even read.
    private static readonly HashSet<string> WithoutToken = new(StringComparer.Ordinal) { "/w0rktree.v1.Identity/Register", "/w0rktree.v1.Identity/SignIn" };

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, request, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, null, () => continuation(requestStream, context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, request, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, null, async () =>
        {
            await continuation(requestStream, responseStream, context);
            return true;
        });

    private async Task<T> RunAsync<T>(ServerCallContext context, object? request, Func<Task<T>> call)
    {
        var session = CallerSession.Open(context, grains, mint);
        session.Subject = AuditSubject.Of(context.Method, request as IMessage);
        RequestContext.Set(AuditDraft.ActionKey, session.Subject.Action);
        try
        {
            // Presented here, not in a method that is awaited: what such a method sets is lost when it returns.
            mint.Present(await AdmitAsync(context, session));
            var answer = await call();
            await audit.AnsweredAsync(session);
            return answer;
        }
        catch (Exception e) when (e is not (OperationCanceledException or RpcException))
        {
            var refusal = Translate(e, context.Method, session.RequestId);
            await audit.RefusedAsync(session, refusal);
            throw ErrorAnswer.For(refusal, (e as RefusedException)?.RetryAfterSeconds);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw ErrorAnswer.For(new Refusal { Code = "busy", Message = "The server is stopping." });
        }
    }

    /// <summary>Counts the call, by its token or, where none holds, by the address; says who makes it.</summary>
    private async Task<CallerTicket> AdmitAsync(ServerCallContext context, CallerSession session)
    {
        if (WithoutToken.Contains(context.Method))
        {
            limits.TakeForAddress(session.Address).Require();
            return mint.Anonymous(session.RequestId);
        }

        try
        {
            var ticket = await session.RenewAsync(context.CancellationToken);
            limits.TakeForToken(session.Token.PublicId).Require();
            if (await quotas.CountAsync(ticket, context.CancellationToken) is { } exceeded)
            {
                exceeded.Require();
            }

            return ticket;
        }
        catch (RefusedException e) when (e.Refusal.Code is "signed_out" or "token_revoked")
        {
            limits.TakeForAddress(session.Address).Require();
            throw;
        }
    }

    private Refusal Translate(Exception e, string method, string requestId)
    {
        switch (e)
        {
            case RefusedException refused:
                return refused.Refusal;
            case AccessDeniedException denied:
                return denied.Refusal;
            case TimeoutException or InconsistentStateException:
                log.LogWarning(e, "Request {Request} of {Method} met a busy server", requestId, method);
                return new Refusal { Code = "busy", Message = "The server could not answer in time.", Hint = "Try again." };
            default:
                // The text of an unexpected failure may name what the caller must not know of.
                log.LogError(e, "Request {Request} of {Method} failed", requestId, method);
                return new Refusal { Code = "internal", Message = $"The server failed; its log has the details under request {requestId}." };
        }
    }
}
