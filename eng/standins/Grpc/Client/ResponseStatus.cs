using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Reads what a response says of its call.</summary>
internal static class ResponseStatus
{
    /// <summary>Returns the end that the headers already tell: no gRPC response at all, or one of trailers only; else null.</summary>
    public static CallEnd? OfHeaders(HttpResponseMessage response, Version expected)
    {
        if (response.Version < HttpVersion.Version20 && expected >= HttpVersion.Version20)
        {
            return Bad(StatusCode.Internal, $"Response protocol downgraded to HTTP/{response.Version.ToString(2)}.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Bad(OfHttp(response.StatusCode), $"HTTP status code: {(int)response.StatusCode}");
        }

        var contentType = response.Content.Headers.ContentType?.ToString();
        if (!Names.IsGrpc(contentType))
        {
            return Bad(
                StatusCode.Cancelled,
                contentType is null ? "Response did not have a content-type header." : $"Invalid content-type value: {contentType}");
        }

        return Of(response.Headers) is { } status ? new CallEnd(status, Metadata(response.Headers)) : null;
    }

    /// <summary>Returns the end that the trailers tell, once the body has been read.</summary>
    public static CallEnd OfTrailers(HttpResponseMessage response) => new(
        Of(response.TrailingHeaders) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response."),
        Metadata(response.TrailingHeaders));

    public static Metadata Headers(HttpResponseMessage response) => Metadata(response.Headers);

    public static string? Encoding(HttpResponseMessage response) => Value(response.Headers, Names.Encoding);

    /// <summary>Maps the HTTP status of an intermediary, as the gRPC documents have it.</summary>
    private static StatusCode OfHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static CallEnd Bad(StatusCode code, string detail) => new(new Status(code, "Bad gRPC response. " + detail), Core.Metadata.Empty);

    private static Status? Of(HttpHeaders headers)
    {
        if (Value(headers, Names.Status) is not { } text)
        {
            return null;
        }

        var detail = MessageText.Decode(Value(headers, Names.Message) ?? "");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"Unexpected grpc-status value: {text}. {detail}");
    }

    private static string? Value(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static Metadata Metadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                BinaryHeader.AddTo(metadata, name, value);
            }
        }

        return metadata;
    }
}
