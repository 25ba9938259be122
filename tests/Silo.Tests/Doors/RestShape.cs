using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using W0rktree.Silo.Rest;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>Is one thing that a request can name.</summary>
/// <param name="Place">Where: in the <c>address</c>, the <c>query</c> or the <c>body</c>.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Of">The route, or the type of the body.</param>
/// <param name="IsOptional">Whether nobody has to say it.</param>
internal sealed record RestPart(string Place, string Name, string Of, bool IsOptional);

/// <summary>Writes requests to any REST route by what the server itself knows of it.</summary>
internal static class RestShape
{
    /// <summary>Gives the address with its query.</summary>
    /// <param name="route">The route.</param>
    /// <param name="value">Gives each part its value; null leaves one of the query out.</param>
    public static string Address(RouteEndpoint route, Func<RestPart, object?> value)
    {
        var text = route.RoutePattern.RawText!;
        var parts = route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => Uri.EscapeDataString($"{value(new RestPart("address", parameter.Name, text, false))}"),
            _ => throw new InvalidOperationException($"{text} has a part of a new kind."),
        })));
        var query = route.Metadata.GetMetadata<MethodInfo>()?.GetParameters().Where(p => IsAsked(p, route))
            .Select(p => (Name: NameOf(p), Value: value(new RestPart("query", NameOf(p), text, IsOptional(p))))).Where(p => p.Value is not null) ?? [];
        return $"/{string.Join('/', parts)}?{string.Join('&', query.Select(p => $"{p.Name}={Uri.EscapeDataString($"{p.Value}")}"))}";
    }

    /// <summary>Gives the body as JSON; null where the route takes none.</summary>
    public static byte[]? Body(RouteEndpoint route, Func<RestPart, object?> value)
    {
        if (route.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
        {
            return null;
        }

        var made = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        object?[] arguments = [.. made.GetParameters().Select(p => value(new RestPart("body", p.Name!, type.Name, p.HasDefaultValue)))];
        return JsonSerializer.SerializeToUtf8Bytes(made.Invoke(arguments), type, RestJson.Options);
    }

    /// <summary>Makes the request.</summary>
    public static HttpRequestMessage Request(RouteEndpoint route, string method, string? token, Func<RestPart, object?> value)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), Address(route, value));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (Body(route, value) is { } body)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        }

        return request;
    }

    private static bool IsAsked(ParameterInfo parameter, RouteEndpoint route) => route.RoutePattern.GetParameter(parameter.Name!) is null
        && (parameter.ParameterType == typeof(string) || (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType).IsPrimitive);

    private static bool IsOptional(ParameterInfo parameter) => parameter.HasDefaultValue || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private static string NameOf(ParameterInfo parameter) => parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!;
}
