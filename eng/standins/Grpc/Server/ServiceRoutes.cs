using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Remembers whether the routes for unknown services are there: once per application.</summary>
internal sealed class MappedServices
{
    private int _hasUnknown;

    public bool TryAddUnknown() => Interlocked.Exchange(ref _hasUnknown, 1) == 0;
}

/// <summary>Maps the methods of a service, and answers UNIMPLEMENTED for methods and services that are not there.</summary>
internal static class ServiceRoutes
{
    private static readonly string[] Post = [HttpMethods.Post];

    public static IReadOnlyList<IEndpointConventionBuilder> Map<TService>(IEndpointRouteBuilder routes, MappedServices mapped)
        where TService : class
    {
        var all = routes.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var one = routes.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var binder = new ServiceBinder<TService>(MethodOptions.Merge(all, one), routes.ServiceProvider);
        binder.Bind();

        List<IEndpointConventionBuilder> endpoints = [];
        foreach (var method in binder.Methods)
        {
            var endpoint = routes.MapMethods(method.Method.FullName, Post, method.Handler);
            endpoint.Add(builder =>
            {
                builder.DisplayName = $"gRPC - {method.Method.FullName}";
                builder.Metadata.Add(new GrpcMethodMetadata(typeof(TService), method.Method));
                foreach (var attribute in method.Attributes)
                {
                    builder.Metadata.Add(attribute);
                }
            });
            endpoints.Add(endpoint);
        }

        if (one.IgnoreUnknownServices ?? all.IgnoreUnknownServices ?? false)
        {
            return endpoints;
        }

        foreach (var service in binder.Methods.Select(method => method.Method.ServiceName).Distinct(StringComparer.Ordinal))
        {
            endpoints.Add(MapUnimplemented(routes, service + "/{unimplementedMethod}", "Method is unimplemented."));
        }

        if (mapped.TryAddUnknown())
        {
            MapUnimplemented(routes, "{unimplementedService}/{unimplementedMethod}", "Service is unimplemented.");
        }

        return endpoints;
    }

    private static IEndpointConventionBuilder MapUnimplemented(IEndpointRouteBuilder routes, string pattern, string detail)
    {
        var constrained = RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new { unimplementedMethod = new GrpcRequestConstraint() });
        var endpoint = routes.Map(constrained, context =>
        {
            if (ProtocolCheck.Accept(context))
            {
                context.Response.ContentType = Names.ContentType;
                ResponseEnd.Write(context.Response, new Status(StatusCode.Unimplemented, detail), Metadata.Empty);
            }

            return Task.CompletedTask;
        });
        endpoint.Add(builder => builder.DisplayName = $"gRPC - Unimplemented: {pattern}");
        return endpoint;
    }

    /// <summary>Matches gRPC requests only, so that other endpoints of two segments keep theirs.</summary>
    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && HttpMethods.IsPost(httpContext.Request.Method) && Names.IsGrpc(httpContext.Request.ContentType);
    }
}
