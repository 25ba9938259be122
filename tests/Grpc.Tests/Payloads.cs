using Google.Protobuf;

namespace W0rktree.RpcTests;

/// <summary>Bytes that can be told from one another: the same seed gives the same bytes.</summary>
internal static class Payloads
{
    public static ByteString Bytes(int sizeBytes, int seed)
    {
        var bytes = new byte[sizeBytes];
        new Random(seed).NextBytes(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
