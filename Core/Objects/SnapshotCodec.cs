using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Objects;

/// <summary>Encodes and decodes snapshots (docs/format/snapshot.md). Decoding verifies the id and refuses what is not canonical.</summary>
public static class SnapshotCodec
{
    /// <summary>The largest encoding in bytes; a decoder refuses more before it reads.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const byte Form = (byte)'S';
    private const byte Version = 1;
    private const byte OpenMarker = 1;
    private const byte WithheldMarker = 0;

    /// <summary>Encodes a snapshot as it is stored: open fields with their salts, withheld ones as digests.</summary>
    public static byte[] Encode(SnapshotObject snapshot)
    {
        var writer = new CanonicalWriter(512);
        WriteHead(writer, snapshot);
        WriteStored(writer, snapshot.Author);
        WriteStored(writer, snapshot.Recorder);
        WriteStored(writer, snapshot.Message);
        FieldEncoding.Write(writer, snapshot.Fields);
        return writer.ToArray();
    }

    /// <summary>Computes the id: the hash of the encoding in which author, recorder and message are only digests.</summary>
    public static SnapshotId IdOf(SnapshotObject snapshot) => new(HashDomain.Snapshot.Hash(Hashed(snapshot, snapshot.Fields)));

    /// <summary>Gives the bytes that a signature covers: the hashed encoding without the signature.</summary>
    public static byte[] SignedBytes(SnapshotObject snapshot) =>
        Hashed(snapshot, [.. snapshot.Fields.Where(field => field.Tag != SnapshotField.Signature)]);

    /// <summary>Decodes a snapshot.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical or do not hash to the id.</exception>
    public static SnapshotObject Decode(SnapshotId id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var snapshot = DecodeUnchecked(bytes);
            return snapshot.Id == id ? snapshot : throw new CorruptObjectException(id.Hash, "the snapshot's content does not hash to its id");
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id.Hash, e.Message, e);
        }
    }

    /// <summary>Computes the id of an encoded snapshot; null where the bytes are not canonical. For stores that lost their index.</summary>
    public static SnapshotId? TryIdOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return DecodeUnchecked(bytes).Id;
        }
        catch (NonCanonicalException)
        {
            return null;
        }
    }

    private static byte[] Hashed(SnapshotObject snapshot, ImmutableArray<EntryField> fields)
    {
        var writer = new CanonicalWriter(512);
        WriteHead(writer, snapshot);
        writer.WriteHash(snapshot.Author.Digest);
        writer.WriteHash(snapshot.Recorder.Digest);
        writer.WriteHash(snapshot.Message.Digest);
        FieldEncoding.Write(writer, fields);
        return writer.ToArray();
    }

    private static void WriteHead(CanonicalWriter writer, SnapshotObject snapshot)
    {
        writer.WriteByte(Form);
        writer.WriteByte(Version);
        writer.WriteByte((byte)snapshot.Kind);
        Span<byte> tree = stackalloc byte[TreeId.SizeBytes];
        snapshot.Tree.CopyTo(tree);
        writer.WriteBytes(tree);
        writer.WriteHash(snapshot.Root);
        writer.WriteVarint(snapshot.Parents.Length);
        foreach (var parent in snapshot.Parents)
        {
            writer.WriteHash(parent.Hash);
        }

        writer.WriteSigned(snapshot.Time.UnixMilliseconds);
        writer.WriteSigned(snapshot.Time.ZoneMinutes);
    }

    private static void WriteStored(CanonicalWriter writer, Withholdable field)
    {
        if (field.IsWithheld)
        {
            writer.WriteByte(WithheldMarker);
            writer.WriteHash(field.Digest);
            return;
        }

        writer.WriteByte(OpenMarker);
        writer.WriteBytes(field.Salt);
        writer.WriteBlock(field.Bytes);
    }

    private static SnapshotObject DecodeUnchecked(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new NonCanonicalException($"it has {bytes.Length:N0} bytes, over the limit of {MaxBytes:N0}");
        }

        var reader = new CanonicalReader(bytes);
        if (reader.ReadByte() != Form)
        {
            throw new NonCanonicalException("its first byte is not that of a snapshot");
        }

        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new NonCanonicalException($"version {version} is newer than this program reads");
        }

        var kind = (SnapshotKind)reader.ReadByte();
        if (kind is < SnapshotKind.Auto or > SnapshotKind.Import)
        {
            throw new NonCanonicalException($"the kind {(byte)kind} is unknown");
        }

        var tree = TreeId.FromBytes(reader.ReadBytes(TreeId.SizeBytes));
        var root = reader.ReadHash();
        var parents = ReadParents(ref reader);
        var time = new SnapshotTime(reader.ReadSigned(), ReadZone(ref reader));
        var snapshot = new SnapshotObject
        {
            Root = root,
            Parents = parents,
            Tree = tree,
            Time = time,
            Kind = kind,
            Author = ReadStored(ref reader),
            Recorder = ReadStored(ref reader),
            Message = ReadStored(ref reader),
            Fields = FieldEncoding.Read(ref reader),
        };
        reader.RequireEnd();
        RequireKnownFields(snapshot);
        return snapshot;
    }

    private static ImmutableArray<SnapshotId> ReadParents(ref CanonicalReader reader)
    {
        var count = reader.ReadCount(SnapshotObject.MaxParents, "the number of parents");
        var parents = ImmutableArray.CreateBuilder<SnapshotId>(Math.Min(count, reader.Remaining / ContentHash.SizeBytes));
        for (var i = 0; i < count; i++)
        {
            parents.Add(new SnapshotId(reader.ReadHash()));
        }

        return parents.ToImmutable();
    }

    private static int ReadZone(ref CanonicalReader reader)
    {
        var zone = reader.ReadSigned();
        return zone is >= -SnapshotTime.MaxZoneMinutes and <= SnapshotTime.MaxZoneMinutes
            ? (int)zone
            : throw new NonCanonicalException($"an offset of {zone} minutes from UTC");
    }

    private static Withholdable ReadStored(ref CanonicalReader reader)
    {
        switch (reader.ReadByte())
        {
            case WithheldMarker:
                return Withholdable.FromDigest(reader.ReadHash());
            case OpenMarker:
                var salt = reader.ReadBytes(Withholdable.SaltBytes);
                return Withholdable.Open(reader.ReadBlock(Withholdable.MaxBytes, "the length of a text"), salt);
            default:
                throw new NonCanonicalException("a text is neither open nor withheld");
        }
    }

    private static void RequireKnownFields(SnapshotObject snapshot)
    {
        foreach (var field in snapshot.Fields)
        {
            if (field.Tag < EntryField.FirstOptionalTag && field.Tag is not (SnapshotField.Conflicts or SnapshotField.Signature))
            {
                throw new NonCanonicalException($"the field {field.Tag} is unknown; a newer version is needed to read it");
            }
        }

        if (snapshot.Field(SnapshotField.Conflicts) is { } conflicts)
        {
            _ = ConflictEncoding.Decode(conflicts.Value.AsSpan());
        }
    }
}
