using System.Runtime.InteropServices;

namespace W0rktree.Core.TextDiff;

/// <summary>
/// Estimates how much of some content lives on in another, for finding renames and copies. The measure is that of git's -M:
/// both are cut into lines of at most 64 bytes, and the bytes of pieces that occur in both are held against the larger size.
/// </summary>
public sealed class Similarity
{
    /// <summary>The score of two contents with the same pieces: git's, fine enough to order candidates.</summary>
    public const int FullScore = 60_000;

    private const int MaxPieceBytes = 64;

    private readonly Dictionary<ulong, int> _bytesByPiece;
    private readonly int _sizeBytes;

    private Similarity(Dictionary<ulong, int> bytesByPiece, int sizeBytes)
    {
        _bytesByPiece = bytesByPiece;
        _sizeBytes = sizeBytes;
    }

    /// <summary>Gets the fingerprint of content that cannot be compared: like nothing else.</summary>
    public static Similarity OfNothing { get; } = new([], 0);

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
    public int PercentSharedWith(Similarity other) => _sizeBytes == 0 && other._sizeBytes == 0 ? 100 : (int)(ScoreWith(other) * 100L / FullScore);

    /// <summary>Estimates of <see cref="FullScore"/>, rounded down.</summary>
    public int ScoreWith(Similarity other)
    {
        var larger = Math.Max(_sizeBytes, other._sizeBytes);
        if (larger == 0 || !CanReach(other, 1))
        {
            return 0;
        }

        // Walking the smaller table and asking the larger one.
        var (few, many) = _bytesByPiece.Count <= other._bytesByPiece.Count ? (_bytesByPiece, other._bytesByPiece) : (other._bytesByPiece, _bytesByPiece);
        long shared = 0;
        foreach (var (piece, bytes) in few)
        {
            shared += many.TryGetValue(piece, out var there) ? Math.Min(bytes, there) : 0;
        }

        return (int)Math.Min(FullScore, shared * FullScore / larger);
    }

    /// <summary>Tells from the sizes alone whether a score can be reached.</summary>
    public bool CanReachScore(Similarity other, int score)
    {
        long larger = Math.Max(_sizeBytes, other._sizeBytes);
        return larger > 0 && larger * (FullScore - score) >= (larger - Math.Min(_sizeBytes, other._sizeBytes)) * FullScore;
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
