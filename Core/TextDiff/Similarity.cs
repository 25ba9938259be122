using System.Runtime.InteropServices;

namespace W0rktree.Core.TextDiff;

/// <summary>
/// Estimates how much of some content lives on in another, for finding renames and copies. The measure is that of git's -M:
/// both are cut into lines of at most 64 bytes, and the bytes of pieces that occur in both are held against the larger size.
/// </summary>
public sealed class Similarity
{
    private const int MaxPieceBytes = 64;

    private readonly Dictionary<ulong, int> _bytesByPiece;
    private readonly int _sizeBytes;

    private Similarity(Dictionary<ulong, int> bytesByPiece, int sizeBytes)
    {
        _bytesByPiece = bytesByPiece;
        _sizeBytes = sizeBytes;
    }

    /// <summary>Fingerprints content once, so that it can be compared with many others.</summary>
    public static Similarity Of(ReadOnlySpan<byte> content)
    {
        var pieces = new Dictionary<ulong, int>();
        var isText = !BinaryDetection.IsBinary(content);
        Span<byte> piece = stackalloc byte[MaxPieceBytes];
        var length = 0;
        for (var at = 0; at < content.Length; at++)
        {
            // A text that only changed its line ends is the same text.
            if (isText && content[at] == '\r' && at + 1 < content.Length && content[at + 1] == '\n')
            {
                continue;
            }

            piece[length++] = content[at];
            if (length == MaxPieceBytes || content[at] == '\n')
            {
                Count(pieces, piece[..length]);
                length = 0;
            }
        }

        Count(pieces, piece[..length]);
        return new(pieces, content.Length);
    }

    /// <summary>Estimates in percent, rounded down: 100 for the same pieces, in whatever order, 0 for nothing in common.</summary>
    public int PercentSharedWith(Similarity other)
    {
        var larger = Math.Max(_sizeBytes, other._sizeBytes);
        if (larger == 0)
        {
            return 100;
        }

        if (!CanReach(other, 1))
        {
            return 0;
        }

        long shared = 0;
        foreach (var (piece, bytes) in _bytesByPiece)
        {
            shared += other._bytesByPiece.TryGetValue(piece, out var theirs) ? Math.Min(bytes, theirs) : 0;
        }

        return (int)Math.Min(100, shared * 100 / larger);
    }

    /// <summary>Tells from the sizes alone whether a percentage can be reached, which spares most comparisons.</summary>
    public bool CanReach(Similarity other, int percent) =>
        Math.Min(_sizeBytes, other._sizeBytes) * 100L >= (long)percent * Math.Max(_sizeBytes, other._sizeBytes);

    /// <summary>Estimates for two contents.</summary>
    public static int Estimate(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new) => Of(old).PercentSharedWith(Of(@new));

    private static void Count(Dictionary<ulong, int> pieces, ReadOnlySpan<byte> piece)
    {
        if (!piece.IsEmpty)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(pieces, Hash(piece), out _) += piece.Length;
        }
    }

    /// <summary>FNV-1a, 64 bits: a collision only makes an estimate a little too high.</summary>
    private static ulong Hash(ReadOnlySpan<byte> piece)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var value in piece)
            {
                hash = (hash ^ value) * 1099511628211UL;
            }

            return hash;
        }
    }
}
