using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.History.Index;

/// <summary>The two numbers that a path is looked for by in every filter. Computed once for a question.</summary>
public readonly record struct PathKey(uint First, uint Step)
{
    /// <summary>Takes the first eight bytes of the path's BLAKE3.</summary>
    public static PathKey Of(ReadOnlySpan<byte> path)
    {
        var head = ContentHash.OfContent(path).Head;
        return new((uint)(head >> 32), (uint)(head & uint.MaxValue));
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public static PathKey Of(TreePath path) => Of(path.Bytes);
}

/// <summary>
/// Tells that a snapshot surely did not change a path against its first parent, or that it may have: a Bloom filter (B. Bloom,
/// 1970) over the changed files and the directories above them (docs/format/history-index.md).
/// </summary>
/// <remarks>With 10 bits and 7 probes a path about one answer in a hundred is "may have" for nothing.</remarks>
public static class PathFilter
{
    /// <summary>Snapshots that changed more than this many files and directories have a filter that says "may have" of everything: git's bound.</summary>
    public const int MaxPaths = 512;

    private const int BitsPerPath = 10;
    private const int Probes = 7;

    /// <summary>The filter of a snapshot that changed too much to say.</summary>
    public static ReadOnlyMemory<byte> Everything { get; } = new byte[] { 0xFF };

    /// <summary>Makes the filter of some changed files; empty where nothing changed.</summary>
    public static ReadOnlyMemory<byte> Build(IEnumerable<TreePath> changed)
    {
        var keys = new HashSet<PathKey>();
        foreach (var path in changed)
        {
            // A directory that is there already has its own parents there too.
            for (var bytes = path.Bytes; !bytes.IsEmpty && keys.Add(PathKey.Of(bytes)); bytes = bytes[..Math.Max(0, bytes.LastIndexOf((byte)'/'))])
            {
                if (keys.Count > MaxPaths)
                {
                    return Everything;
                }
            }
        }

        if (keys.Count == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        // Never one byte of ones: that is the filter of everything.
        var filter = new byte[Math.Max(2, ((keys.Count * BitsPerPath) + 7) / 8)];
        foreach (var key in keys)
        {
            for (var probe = 0; probe < Probes; probe++)
            {
                var bit = BitOf(key, probe, filter.Length);
                filter[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }

        return filter;
    }

    /// <summary>Asks a filter.</summary>
    public static bool MayContain(ReadOnlySpan<byte> filter, PathKey key)
    {
        if (filter.IsEmpty)
        {
            return false;
        }

        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = BitOf(key, probe, filter.Length);
            if ((filter[bit >> 3] & (1 << (bit & 7))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int BitOf(PathKey key, int probe, int bytes)
    {
        unchecked
        {
            return (int)((key.First + ((uint)probe * key.Step)) % ((uint)bytes * 8));
        }
    }
}
