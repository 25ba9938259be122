using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Reflog;

/// <summary>Encodes entries (docs/format/reflog.md). The last 32 bytes are the hash of all before, which name the entry before.</summary>
internal static class ReflogCodec
{
    public const int MaxOperationBytes = 64;
    public const int MaxDetailBytes = 1 << 20;
    public const int MaxChanges = 10_000;
    public const int MaxNameBytes = 4096;
    public const int MaxEntryBytes = 64 * 1024 * 1024;
    private const byte Version = 1;
    private const byte HasBefore = 1;
    private const byte HasAfter = 2;

    public static byte[] Encode(ReflogDraft draft, ulong sequence, SnapshotTime time, ContentHash previous)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Version);
        writer.Write(sequence);
        writer.Write(time.UnixMilliseconds);
        writer.Write((short)time.ZoneMinutes);
        writer.Write(previous.ToArray());
        var operation = Encoding.UTF8.GetBytes(draft.Operation);
        writer.Write((byte)operation.Length);
        writer.Write(operation);
        var details = Encoding.UTF8.GetBytes(draft.Details);
        writer.Write((uint)details.Length);
        writer.Write(details);
        writer.Write((ushort)draft.Changes.Length);
        foreach (var change in draft.Changes)
        {
            Write(writer, change);
        }

        writer.Write(HashDomain.LogChain.Hash(stream.GetBuffer().AsSpan(0, (int)stream.Length)).ToArray());
        return stream.ToArray();
    }

    /// <summary>Decodes an entry; null when its bytes are damaged.</summary>
    public static ReflogEntry? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ContentHash.SizeBytes + 1 || bytes[0] != Version)
        {
            return null;
        }

        var hash = ContentHash.FromBytes(bytes[^ContentHash.SizeBytes..]);
        return HashDomain.LogChain.Hash(bytes[..^ContentHash.SizeBytes]) == hash ? DecodeVerified(bytes[1..], hash) : null;
    }

    private static void Write(BinaryWriter writer, RefChange change)
    {
        var name = Encoding.UTF8.GetBytes(change.Name);
        writer.Write((ushort)name.Length);
        writer.Write(name);
        writer.Write((byte)((change.Before is null ? 0 : HasBefore) | (change.After is null ? 0 : HasAfter)));
        if (change.Before is { } before)
        {
            writer.Write(before.ToArray());
        }

        if (change.After is { } after)
        {
            writer.Write(after.ToArray());
        }
    }

    private static ReflogEntry DecodeVerified(ReadOnlySpan<byte> rest, ContentHash hash)
    {
        var sequence = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, 8));
        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, 8));
        var zone = BinaryPrimitives.ReadInt16LittleEndian(Take(ref rest, 2));
        var previous = ContentHash.FromBytes(Take(ref rest, ContentHash.SizeBytes));
        var operation = Encoding.UTF8.GetString(Take(ref rest, Take(ref rest, 1)[0]));
        var details = Encoding.UTF8.GetString(Take(ref rest, (int)BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4))));
        var changes = ImmutableArray.CreateBuilder<RefChange>(BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2)));
        for (var i = 0; i < changes.Capacity; i++)
        {
            var name = Encoding.UTF8.GetString(Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2))));
            var flags = Take(ref rest, 1)[0];
            ContentHash? before = (flags & HasBefore) != 0 ? ContentHash.FromBytes(Take(ref rest, ContentHash.SizeBytes)) : null;
            ContentHash? after = (flags & HasAfter) != 0 ? ContentHash.FromBytes(Take(ref rest, ContentHash.SizeBytes)) : null;
            changes.Add(new RefChange(name, before, after));
        }

        return new ReflogEntry(sequence, new SnapshotTime(milliseconds, zone), operation, details, changes.ToImmutable(), previous, hash);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
