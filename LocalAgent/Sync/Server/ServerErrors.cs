using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using W0rktree.Core;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Server;

/// <summary>Translates what a call to the server ends with into the product's errors: the one place where the agent does so.</summary>
internal static class ServerErrors
{
    /// <summary>The trailer that carries the server's own words.</summary>
    public const string Trailer = "wt-error-bin";

    /// <summary>Translates a failed call.</summary>
    public static Error Translate(RpcException failure, ServerUrl server)
    {
        if (failure.Trailers.GetValueBytes(Trailer) is { } words && TryParse(words) is { } told)
        {
            return told;
        }

        return failure.StatusCode switch
        {
            StatusCode.Unavailable => new Error(ErrorCodes.Offline, $"The server {server} does not answer.", "Work goes on; sync catches up by itself when it is back. 'wt sync status' tells."),
            StatusCode.DeadlineExceeded => new Error(ErrorCodes.Offline, $"The server {server} did not answer in time.", "'wt sync now' tries again."),
            StatusCode.Unauthenticated => new Error(ErrorCodes.SignedOut, $"The server {server} no longer accepts this sign-in.", $"Sign in again: wt login {server}"),
            StatusCode.PermissionDenied => new Error(ErrorCodes.Denied, $"The server {server} refuses: {failure.Status.Detail}"),
            StatusCode.NotFound => new Error(ErrorCodes.NotFound, $"Not found on {server}: {failure.Status.Detail}"),
            StatusCode.Cancelled => new Error(ErrorCodes.Cancelled, "The request was cancelled."),
            StatusCode.Unimplemented => new Error(ErrorCodes.ProtocolMismatch, $"The server {server} does not know this request; it is older or newer than this agent.", "Bring both to the same version."),
            _ => new Error("server_failed", $"The server {server} failed: {failure.StatusCode}: {failure.Status.Detail}", "Its log says more."),
        };
    }

    /// <summary>Tells whether trying again later, unchanged, can help.</summary>
    public static bool IsPassing(Error error) => error.Code is ErrorCodes.Offline or "server_failed" or "busy" or ErrorCodes.TimedOut;

    /// <summary>Translates what no gRPC status describes: a host that is not there, a broken stream.</summary>
    public static Error? Translate(Exception failure, ServerUrl server) => failure switch
    {
        RpcException rpc => Translate(rpc, server),
        HttpRequestException or SocketException => new Error(ErrorCodes.Offline, $"The server {server} does not answer: {failure.Message}", "Work goes on; sync catches up by itself when it is back."),
        _ => null,
    };

    private static Error? TryParse(byte[] words)
    {
        try
        {
            var info = JsonSerializer.Deserialize(words, ServerErrorJson.Default.ErrorInfo);
            return info is null ? null : new Error(info.Code, info.Message, info.Hint);
        }
        catch (JsonException)
        {
            return null; // Not our server's words; the status code says enough.
        }
    }
}

/// <summary>Reads the server's error trailer.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ErrorInfo))]
internal sealed partial class ServerErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
