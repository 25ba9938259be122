namespace W0rktree.Core.TextDiff;

/// <summary>Tells binary content from text the way git does.</summary>
public static class BinaryDetection
{
    /// <summary>How far git looks.</summary>
    public const int ProbeBytes = 8000;

    /// <summary>True when a NUL is among the first <see cref="ProbeBytes"/> bytes. So UTF-16 is binary, as in git.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> content) => content[..Math.Min(content.Length, ProbeBytes)].Contains((byte)0);
}
