using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Journal;

/// <summary>The sorted index of a closed segment's committed objects, beside the segment; without it the segment is scanned.</summary>
internal static class SegmentIndex
{
    public static string FileName(uint number) => $"{number:D8}.wti";

    /// <summary>Writes the index of a segment in which no transaction is open any more.</summary>
    public static void Write(IStoreFiles files, string folder, SegmentFile segment) =>
        AtomicFile.Write(files, Path.Combine(folder, FileName(segment.Number)), ObjectIndexFile.Encode(SourceOf(segment.Header), segment.Committed));

    /// <summary>Reads the index of a segment; null where there is none, or a damaged one, or one of another segment.</summary>
    public static ObjectEntry[]? TryLoad(IStoreFiles files, string folder, SegmentHeader header)
    {
        var path = Path.Combine(folder, FileName(header.Number));
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? ObjectIndexFile.TryDecode(bytes, SourceOf(header)) : null;
    }

    // The header has the segment's random salt, so its hash names the segment.
    private static byte[] SourceOf(SegmentHeader header) => ContentHash.OfContent(header.Encode()).ToArray();
}
