using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>Leads from a call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    // The documented way for tests to give their own context an HTTP request.
    private const string HttpContextKey = "__HttpContext";

    /// <summary>Returns the HTTP request of a call.</summary>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return serverCallContext is ServerCall call
            ? call.HttpContext
            : serverCallContext.UserState.TryGetValue(HttpContextKey, out var state) && state is HttpContext context
                ? context
                : throw new InvalidOperationException("Could not get HttpContext from ServerCallContext. HttpContext can only be accessed when gRPC services are hosted by ASP.NET Core.");
    }
}
