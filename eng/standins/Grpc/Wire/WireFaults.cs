using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The statuses of broken or oversized messages, the same for client and server.</summary>
internal static class WireFaults
{
    public static RpcException ReceivedTooLarge() =>
        new(new Status(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));

    public static RpcException SendingTooLarge() =>
        new(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));

    public static RpcException Incomplete() => Internal("Incomplete message.");

    public static RpcException AdditionalData() => Internal("Additional data after the message received.");

    public static RpcException CompressedWithoutEncoding() => Internal("A compressed message came without a grpc-encoding other than identity.");

    public static RpcException UnsupportedEncoding(string encoding, IEnumerable<string> supported) => new(new Status(
        StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {string.Join(", ", supported)}"));

    public static RpcException Internal(string detail, Exception? cause = null) => new(new Status(StatusCode.Internal, detail, cause));
}
