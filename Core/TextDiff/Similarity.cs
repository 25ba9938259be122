using System.Buffers;
using System.Buffers.Binary;

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

    // The lowest bits of a piece say how long it is, 1 to 64; those above them are of its hash.
    private const int LengthBits = 7;
    private const ulong LengthMask = (1UL << LengthBits) - 1;

    // As many times as they occur, ascending, so that two files are compared by going through both once.
    private readonly ulong[] _pieces;
    private readonly int _sizeBytes;

    private Similarity(ulong[] pieces, int sizeBytes)
    {
        _pieces = pieces;
        _sizeBytes = sizeBytes;
    }

    /// <summary>Gets the fingerprint of content that cannot be compared: like nothing else.</summary>
    public static Similarity OfNothing { get; } = new([], 0);

    /// <summary>Fingerprints content once, so that it can be compared with many others.</summary>
    public static Similarity Of(ReadOnlySpan<byte> content)
    {
        var pieces = new ArrayBufferWriter<ulong>(Math.Max(16, content.Length / 24));
        // A text that only changed its line ends is the same text.
        if (content.IndexOf("\r\n"u8) >= 0 && !BinaryDetection.IsBinary(content))
        {
            CutWithoutReturns(content, pieces);
        }
        else
        {
            Cut(content, pieces);
        }

        var sorted = pieces.WrittenSpan.ToArray();
        Array.Sort(sorted);
        return new(sorted, content.Length);
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

        long shared = 0;
        var (ours, theirs) = (_pieces, other._pieces);
        for (int i = 0, j = 0; i < ours.Length && j < theirs.Length;)
        {
            // Without branches that nobody can predict: which of two hashes is less is chance.
            var (here, there) = (ours[i], theirs[j]);
            shared += here == there ? (long)(here & LengthMask) : 0;
            i += here <= there ? 1 : 0;
            j += there <= here ? 1 : 0;
        }

        return (int)Math.Min(FullScore, shared * FullScore / larger);
    }

    /// <summary>Tells from the sizes alone whether a score can be reached.</summary>
    public bool CanReachScore(Similarity other, int score) => CanReachScore(_sizeBytes, other._sizeBytes, score);

    /// <summary>Tells from two sizes in bytes whether a score can be reached, so that what cannot is not even read.</summary>
    public static bool CanReachScore(long sizeBytes, long otherBytes, int score)
    {
        var larger = Math.Max(sizeBytes, otherBytes);
        return larger > 0 && larger * (FullScore - score) >= (larger - Math.Min(sizeBytes, otherBytes)) * FullScore;
    }

    /// <summary>Tells from the sizes alone whether a percentage can be reached, which spares most comparisons.</summary>
    public bool CanReach(Similarity other, int percent) =>
        Math.Min(_sizeBytes, other._sizeBytes) * 100L >= (long)percent * Math.Max(_sizeBytes, other._sizeBytes);

    /// <summary>Estimates for two contents.</summary>
    public static int Estimate(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new) => Of(old).PercentSharedWith(Of(@new));

    private static void Cut(ReadOnlySpan<byte> content, ArrayBufferWriter<ulong> pieces)
    {
        while (!content.IsEmpty)
        {
            var line = content[..Math.Min(MaxPieceBytes, content.Length)];
            var end = line.IndexOf((byte)'\n');
            Add(pieces, end < 0 ? line : line[..(end + 1)]);
            content = content[(end < 0 ? line.Length : end + 1)..];
        }
    }

    private static void CutWithoutReturns(ReadOnlySpan<byte> content, ArrayBufferWriter<ulong> pieces)
    {
        Span<byte> piece = stackalloc byte[MaxPieceBytes];
        var length = 0;
        for (var at = 0; at < content.Length; at++)
        {
            if (content[at] == '\r' && at + 1 < content.Length && content[at + 1] == '\n')
            {
                continue;
            }

            piece[length++] = content[at];
            if (length == MaxPieceBytes || content[at] == '\n')
            {
                Add(pieces, piece[..length]);
                length = 0;
            }
        }

        if (length > 0)
        {
            Add(pieces, piece[..length]);
        }
    }

    private static void Add(ArrayBufferWriter<ulong> pieces, ReadOnlySpan<byte> piece)
    {
        pieces.GetSpan(1)[0] = (Hash(piece) << LengthBits) | (uint)piece.Length;
        pieces.Advance(1);
    }

    /// <summary>Multiplies and folds eight bytes at a time; of what comes out 57 bits are kept. A collision only makes an estimate a little too high.</summary>
    private static ulong Hash(ReadOnlySpan<byte> piece)
    {
        unchecked
        {
            const ulong odd = 0x9E37_79B9_7F4A_7C15; // 2^64 divided by the golden ratio, as in splitmix64.
            var hash = (ulong)piece.Length;
            for (; piece.Length >= sizeof(ulong); piece = piece[sizeof(ulong)..])
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(piece)) * odd;
                hash ^= hash >> 29;
            }

            ulong rest = 0;
            foreach (var value in piece)
            {
                rest = (rest << 8) | value;
            }

            hash = (hash ^ rest) * odd;
            hash = (hash ^ (hash >> 29)) * odd;
            return hash ^ (hash >> 32);
        }
    }
}
