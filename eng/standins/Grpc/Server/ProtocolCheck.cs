using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Refuses requests that are not gRPC over HTTP/2 or later.</summary>
internal static class ProtocolCheck
{
    public static bool Accept(HttpContext context)
    {
        if (!Names.IsGrpc(context.Request.ContentType))
        {
            Refuse(context, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{context.Request.ContentType}' is not supported.");
            return false;
        }

        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            context.Response.Headers.Upgrade = "h2";
            Refuse(context, StatusCodes.Status426UpgradeRequired, $"Request protocol '{context.Request.Protocol}' is not supported.");
            return false;
        }

        return true;
    }

    private static void Refuse(HttpContext context, int httpStatus, string detail)
    {
        context.Response.StatusCode = httpStatus;
        ResponseEnd.Write(context.Response, new Status(StatusCode.Internal, detail), Metadata.Empty);
    }
}
