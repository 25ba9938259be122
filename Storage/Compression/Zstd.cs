using System.Collections.Concurrent;
using ZstdSharp;

namespace W0rktree.Storage.Compression;

/// <summary>Compresses and expands single objects. Contexts are kept: making one costs more than a small object does.</summary>
internal static class Zstd
{
    /// <summary>Level of the journal: 832 MB/s of source text on one core, so it does not slow a snapshot down.</summary>
    public const int JournalLevel = 1;

    /// <summary>Level of first versions in a history that is taken over: smaller than the journal's at half its speed.</summary>
    public const int HistoryLevel = 3;

    /// <summary>
    /// What is smaller stands in the journal as it is: setting up a frame takes longer than all the rest of storing a small
    /// object, and packing compresses it anyhow (docs/decisions/journal-compression.md).
    /// </summary>
    public const int JournalMinimumBytes = 8 * 1024;

    /// <summary>Level of packs that are made in the background.</summary>
    public const int PackLevel = 9;

    /// <summary>Level of a collection that was asked for: the highest, about a tenth less than level 9 at a tenth of the speed.</summary>
    public const int ThoroughLevel = 22;

    // Below this, the frame's own bytes eat what is saved.
    private const int MinimumBytes = 64;

    // More contexts than threads that compress at once are never needed; each holds about a megabyte.
    private static readonly int Kept = Math.Max(2, Environment.ProcessorCount);
    private static readonly ConcurrentBag<Compressor> Compressors = [];
    private static readonly ConcurrentBag<Decompressor> Decompressors = [];

    /// <summary>
    /// Compresses into <paramref name="destination"/>, which is as long as the source; 0 when it does not save an eighth.
    /// </summary>
    public static int TryCompress(ReadOnlySpan<byte> source, Span<byte> destination, int level)
    {
        // A destination that is too short ends the attempt early on content that does not compress.
        return source.Length < MinimumBytes ? 0 : TryCompressInto(source, destination[..(source.Length - (source.Length / 8))], level);
    }

    /// <summary>Compresses; 0 when the result does not fit.</summary>
    public static int TryCompressInto(ReadOnlySpan<byte> source, Span<byte> destination, int level)
    {
        var compressor = Compressors.TryTake(out var kept) ? kept : new Compressor(level);
        compressor.Level = level;
        var written = compressor.TryWrap(source, destination, out var count) ? count : 0;
        Return(Compressors, compressor);
        return written;
    }

    /// <summary>Expands a frame; false when it is damaged or not of exactly this length.</summary>
    public static bool TryExpand(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var decompressor = Decompressors.TryTake(out var kept) ? kept : new Decompressor();
        try
        {
            return decompressor.Unwrap(source, destination) == destination.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
        finally
        {
            Return(Decompressors, decompressor);
        }
    }

    private static void Return<T>(ConcurrentBag<T> bag, T context)
        where T : IDisposable
    {
        if (bag.Count < Kept)
        {
            bag.Add(context);
        }
        else
        {
            context.Dispose();
        }
    }
}
