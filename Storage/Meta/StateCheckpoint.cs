using System.Buffers.Binary;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Meta;

/// <summary>
/// The metadata after one commit, written whole when a segment closes (docs/format/state.md), so that opening replays only
/// what came later and packed segments can go.
/// </summary>
internal sealed record StateCheckpoint(
    ulong Generation, ulong Sequence, byte[] Link, JournalPosition Position, ulong NextTransaction, ReflogMark Reflog, MetaTables Tables)
{
    private const int HeadBytes = 144;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "wtstate\n"u8;

    public static string FileName(ulong generation) => $"{generation:D8}.wts";

    public byte[] Encode()
    {
        using MemoryStream stream = new();
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], Sequence);
        Link.CopyTo(head[32..]);
        BinaryPrimitives.WriteUInt64LittleEndian(head[64..], Position.Segment);
        BinaryPrimitives.WriteUInt64LittleEndian(head[72..], (ulong)Position.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(head[80..], NextTransaction);
        BinaryPrimitives.WriteUInt64LittleEndian(head[88..], Reflog.File);
        BinaryPrimitives.WriteUInt64LittleEndian(head[96..], (ulong)Reflog.LengthBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(head[104..], Reflog.Sequence);
        Reflog.Hash.CopyTo(head[112..]);
        stream.Write(head);
        WriteTables(stream);
        var bytes = new byte[stream.Length + ContentHash.SizeBytes];
        stream.GetBuffer().AsSpan(0, (int)stream.Length).CopyTo(bytes);
        Blake3.Hasher.Hash(bytes.AsSpan(0, (int)stream.Length), bytes.AsSpan((int)stream.Length));
        return bytes;
    }

    /// <summary>Reads a checkpoint; null when it is damaged or of another version.</summary>
    public static StateCheckpoint? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes + 4 + ContentHash.SizeBytes || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != Version
            || ContentHash.OfContent(bytes[..^ContentHash.SizeBytes]) != ContentHash.FromBytes(bytes[^ContentHash.SizeBytes..]))
        {
            return null;
        }

        JournalPosition position = new(
            (uint)BinaryPrimitives.ReadUInt64LittleEndian(bytes[64..]), (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..]));
        ReflogMark reflog = new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[88..]),
            (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes[96..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[104..]),
            ContentHash.FromBytes(bytes[112..144]));
        return new StateCheckpoint(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            bytes[32..64].ToArray(), position, BinaryPrimitives.ReadUInt64LittleEndian(bytes[80..]), reflog,
            ReadTables(bytes[HeadBytes..^ContentHash.SizeBytes]));
    }

    private void WriteTables(Stream stream)
    {
        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write((uint)Tables.Tables.Count());
        foreach (var (name, rows) in Tables.Tables)
        {
            writer.Write((byte)name.Length);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write((uint)rows.Count);
            foreach (var row in rows)
            {
                writer.Write((ushort)row.Key.Length);
                writer.Write(row.Key);
                writer.Write((uint)row.Value.Length);
                writer.Write(row.Value.Span);
            }
        }
    }

    // The hash was verified, so the lengths are those that were written.
    private static MetaTables ReadTables(ReadOnlySpan<byte> bytes)
    {
        var tables = MetaTables.Empty;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4));
        for (var table = 0u; table < count; table++)
        {
            var name = Encoding.ASCII.GetString(Take(ref bytes, Take(ref bytes, 1)[0]));
            var rows = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4));
            for (var row = 0u; row < rows; row++)
            {
                var key = Take(ref bytes, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref bytes, 2))).ToArray();
                var value = Take(ref bytes, (int)BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4))).ToArray();
                tables = tables.With(new MetaKey(name, key), value);
            }
        }

        return tables;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
