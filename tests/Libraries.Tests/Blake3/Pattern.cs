namespace W0rktree.Libraries.Tests.Blake3Hashing;

/// <summary>The input of the official test vectors: 0, 1, … 250, 0, 1, ….</summary>
internal static class Pattern
{
    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i % 251);
        }

        return bytes;
    }
}
