using System.Buffers;
using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Remembers between runs what each file's content hashed to. Only a cache: a file that looks different is read again, and
/// a damaged or missing cache means that every file is.
/// </summary>
/// <remarks>
/// Layout: <c>WTIX</c>, version, count, then per file: length of the path (u16), path, kind (u8), size, modified, changed,
/// inode (u64 each), mode (u32), hash; at the end the BLAKE3 of all that. Numbers are little-endian.
/// </remarks>
internal sealed class IndexCache
{
    private const uint Magic = 0x58495457;
    private const ushort Version = 1;
    private const int FixedBytes = 2 + 1 + (4 * 8) + 4 + ContentHash.SizeBytes;
    private const int HeaderBytes = 4 + 2 + 4;

    private readonly Dictionary<TreePath, (FoundEntry Found, ContentHash Hash)> _files;

    private IndexCache(Dictionary<TreePath, (FoundEntry Found, ContentHash Hash)> files) => _files = files;

    /// <summary>Gets a cache that knows nothing.</summary>
    public static IndexCache Empty => new([]);

    public int Count => _files.Count;

    /// <summary>Takes the hash of a file that looks exactly as it did then. Each is given once: later looks know better.</summary>
    public ContentHash? TryTake(TreePath path, FoundEntry found) =>
        _files.Count > 0 && _files.Remove(path, out var known) && known.Found == found ? known.Hash : null;

    /// <summary>Writes down every file whose content is known for sure.</summary>
    public static ReadOnlyMemory<byte> Format(WorkingIndex index)
    {
        var bytes = new ArrayBufferWriter<byte>(1 << 16);
        bytes.Advance(Header(bytes.GetSpan(HeaderBytes), 0));
        var count = FormatBelow(index.Root, TreePath.Root, bytes);
        var all = new byte[bytes.WrittenCount + ContentHash.SizeBytes];
        bytes.WrittenSpan.CopyTo(all);
        Header(all, count);
        ContentHash.OfContent(all.AsSpan(0, bytes.WrittenCount)).CopyTo(all.AsSpan(bytes.WrittenCount));
        return all;
    }

    /// <summary>Reads a cache; one that is damaged, or of another version, reads as empty.</summary>
    public static IndexCache Parse(ReadOnlySpan<byte> bytes)
    {
        var body = bytes.Length - ContentHash.SizeBytes;
        if (body < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) != Version
            || ContentHash.OfContent(bytes[..body]) != ContentHash.FromBytes(bytes[body..]))
        {
            return Empty;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[6..]);
        var files = new Dictionary<TreePath, (FoundEntry, ContentHash)>(count);
        var rest = bytes[HeaderBytes..body];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (TreePath.Parse(rest.Slice(2, length)) is { IsOk: true } path)
            {
                files[path.Value] = ParseEntry(rest[(2 + length)..]);
            }

            rest = rest[(FixedBytes + length)..];
        }

        return new IndexCache(files);
    }

    private static int FormatBelow(IndexNode node, TreePath path, ArrayBufferWriter<byte> bytes)
    {
        var count = 0;
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
        {
            var childPath = path.Append(child.Name);
            if (child is { IsPresentFile: true, Racy: false, Work: { } work })
            {
                FormatEntry(childPath, child.Found!.Value, work.Hash, bytes);
                count++;
            }

            count += FormatBelow(child, childPath, bytes);
        }

        return count;
    }

    private static int Header(Span<byte> span, int count)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(span, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(span[6..], count);
        return HeaderBytes;
    }

    private static void FormatEntry(TreePath path, FoundEntry found, ContentHash hash, ArrayBufferWriter<byte> bytes)
    {
        var span = bytes.GetSpan(FixedBytes + path.Bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)path.Bytes.Length);
        path.Bytes.CopyTo(span[2..]);
        var at = span[(2 + path.Bytes.Length)..];
        at[0] = (byte)found.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(at[1..], found.Stamp.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(at[9..], found.Stamp.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(at[17..], found.Stamp.ChangedNs);
        BinaryPrimitives.WriteUInt64LittleEndian(at[25..], found.Stamp.Inode);
        BinaryPrimitives.WriteUInt32LittleEndian(at[33..], found.Stamp.Mode);
        hash.CopyTo(at.Slice(37, ContentHash.SizeBytes));
        bytes.Advance(FixedBytes + path.Bytes.Length);
    }

    private static (FoundEntry Found, ContentHash Hash) ParseEntry(ReadOnlySpan<byte> at) => (
        new FoundEntry((FoundKind)at[0], new FileStamp(
            BinaryPrimitives.ReadInt64LittleEndian(at[1..]),
            BinaryPrimitives.ReadInt64LittleEndian(at[9..]),
            BinaryPrimitives.ReadInt64LittleEndian(at[17..]),
            BinaryPrimitives.ReadUInt64LittleEndian(at[25..]),
            BinaryPrimitives.ReadUInt32LittleEndian(at[33..]))),
        ContentHash.FromBytes(at.Slice(37, ContentHash.SizeBytes)));
}
