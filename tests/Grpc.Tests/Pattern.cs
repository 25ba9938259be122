using System.Security.Cryptography;

namespace W0rktree.RpcTests;

/// <summary>The bytes that both implementations can make: those of pattern() in node/trial.js.</summary>
internal static class Pattern
{
    public const int MiB = 1024 * 1024;

    public static byte[] Bytes(int sizeBytes, int index)
    {
        var bytes = new byte[sizeBytes];
        for (var i = 0; i < sizeBytes; i++)
        {
            bytes[i] = unchecked((byte)((i * 7) + index));
        }

        return bytes;
    }

    /// <summary>Returns the SHA-256 of 64 messages of 1 MiB.</summary>
    public static string DigestOf64MiB()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 64; i++)
        {
            hash.AppendData(Bytes(MiB, i));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
