using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Maps failures below gRPC to statuses.</summary>
internal static class TransportFailure
{
    public static Status StatusOf(Exception cause, string summary = "Error starting gRPC call.") => cause switch
    {
        RpcException rpc => rpc.Status,
        OperationCanceledException => new Status(StatusCode.Cancelled, "", cause),
        _ => new Status(CodeOf(cause), $"{summary} {Messages(cause)}", cause),
    };

    private static StatusCode CodeOf(Exception cause)
    {
        var code = StatusCode.Internal;
        for (var e = cause; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                // The innermost protocol error tells most.
                case HttpProtocolException protocol:
                    code = OfHttp2(protocol.ErrorCode);
                    break;
                case SocketException or IOException:
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ResponseEnded }:
                    code = StatusCode.Unavailable;
                    break;
            }
        }

        return code;
    }

    /// <summary>Maps an HTTP/2 error code as the gRPC over HTTP/2 specification has it.</summary>
    private static StatusCode OfHttp2(long error) => error switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: the server did not touch it.
        0x8 => StatusCode.Cancelled, // CANCEL
        0xB => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xC => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static string Messages(Exception cause)
    {
        var parts = new List<string>();
        for (var e = cause; e is not null; e = e.InnerException)
        {
            parts.Add($"{e.GetType().Name}: {e.Message}");
        }

        return string.Join(" ", parts);
    }
}
