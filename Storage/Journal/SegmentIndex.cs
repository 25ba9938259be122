using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Journal;

/// <summary>
/// The index files of closed segments. A segment is sealed when its file is there: then all transactions with records in it
/// have ended, and the file names exactly the committed objects. Segments are sealed in order; the others are scanned.
/// </summary>
internal static class SegmentIndex
{
    public static string PathOf(string segmentPath) => Path.ChangeExtension(segmentPath, ".wti");

    /// <summary>Writes the index of a closed segment.</summary>
    public static void Seal(IStoreFiles files, SegmentFile segment)
    {
        AtomicFile.Write(files, PathOf(segment.Path), ObjectIndexFile.Encode(SourceOf(segment), segment.Committed));
        segment.IsSealed = true;
    }

    /// <summary>Reads the index of a segment; null where there is none, or a damaged one, or one of another segment.</summary>
    public static ObjectEntry[]? TryLoad(IStoreFiles files, SegmentFile segment)
    {
        var path = PathOf(segment.Path);
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? ObjectIndexFile.TryDecode(bytes, SourceOf(segment)) : null;
    }

    // The header has the segment's random salt, and a segment that grew since is another one.
    private static byte[] SourceOf(SegmentFile segment)
    {
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, segment.File.Length);
        return ContentHash.OfContent([.. segment.Header.Encode(), .. length]).ToArray();
    }
}
