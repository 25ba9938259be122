using W0rktree.Core.Identity;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>Carries git's 20-byte ids in the product's 32-byte ones: the same bytes, then zeros.</summary>
internal static class GitIds
{
    public const int SizeBytes = 20;

    public static ContentHash FromHex(string hex)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.SizeBytes];
        Convert.FromHexString(hex.AsSpan(0, SizeBytes * 2), bytes, out _, out _);
        return ContentHash.FromBytes(bytes);
    }

    public static ContentHash FromBytes(ReadOnlySpan<byte> id)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.SizeBytes];
        bytes.Clear();
        id.CopyTo(bytes);
        return ContentHash.FromBytes(bytes);
    }

    public static string Hex(ContentHash id) => id.ToString()[..(SizeBytes * 2)];

    public static byte[] Bytes(ContentHash id) => Convert.FromHexString(Hex(id));
}
