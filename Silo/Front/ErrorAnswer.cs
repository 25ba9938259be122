using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Silo.Front;

/// <summary>Translates refusals into gRPC answers: the one place where that happens.</summary>
internal static class ErrorAnswer
{
    /// <summary>The trailer with the error as JSON.</summary>
    public const string Trailer = "wt-error-bin";

    /// <summary>The trailer with the seconds after which a call that was one too many would be taken; REST has a header of this name.</summary>
    public const string RetryAfter = "retry-after";

    /// <summary>Makes the exception that ends the call.</summary>
    public static RpcException For(Refusal refusal, int? retryAfterSeconds = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(refusal.Hint is null
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = refusal.Code, ["message"] = refusal.Message }
            : new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = refusal.Code, ["message"] = refusal.Message, ["hint"] = refusal.Hint });
        var trailers = new Metadata { { Trailer, json } };
        if (retryAfterSeconds is { } seconds)
        {
            trailers.Add(RetryAfter, seconds.ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(StatusOf(refusal.Code), refusal.Message), trailers);
    }

    /// <summary>Gives the status of a code; what is unknown failed because of the state of things.</summary>
    public static StatusCode StatusOf(string code) => code switch
    {
        "not_found" => StatusCode.NotFound,
        "denied" => StatusCode.PermissionDenied,
        "signed_out" or "token_revoked" => StatusCode.Unauthenticated,
        "stale_base" => StatusCode.Aborted,
        "invalid_argument" or "invalid_branch_name" => StatusCode.InvalidArgument,
        "already_exists" => StatusCode.AlreadyExists,
        "too_large" or "rate_limited" or "quota_exceeded" => StatusCode.ResourceExhausted,
        "busy" => StatusCode.Unavailable,
        "internal" => StatusCode.Internal,
        _ => StatusCode.FailedPrecondition,
    };
}
