namespace Grpc.Wire;

/// <summary>The header names and values of gRPC over HTTP/2.</summary>
internal static class Names
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Identity = "identity";

    /// <summary>The metadata entry by which a caller (or a handler, in its response headers) asks for compression; never sent.</summary>
    public const string CompressionRequest = "grpc-internal-encoding-request";

    /// <summary>Tells whether a media type is application/grpc, with or without a +format and parameters.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+');

    /// <summary>Tells whether a header belongs to the protocol and is kept from the application's metadata.</summary>
    public static bool IsProtocol(string header) =>
        header.StartsWith(':')
        || header.Equals(Status, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Message, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Encoding, StringComparison.OrdinalIgnoreCase)
        || header.Equals(AcceptEncoding, StringComparison.OrdinalIgnoreCase)
        || header.Equals("grpc-timeout", StringComparison.OrdinalIgnoreCase)
        || header.Equals("te", StringComparison.OrdinalIgnoreCase)
        || header.Equals("host", StringComparison.OrdinalIgnoreCase)
        || header.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || header.Equals("content-encoding", StringComparison.OrdinalIgnoreCase);
}
