using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>Encodes entries of directories (docs/format/directory.md, "Entry").</summary>
internal static class EntryEncoding
{
    private const int SaltBytes = 16;

    // Nearly every entry has a name of one length byte and no fields: kind, length, name, size, hash, no fields.
    private const int MaxPlainName = 0x7F;
    private const int MaxPlainBytes = 2 + MaxPlainName + 10 + ContentHash.SizeBytes + 1;

    public static void Write(CanonicalWriter writer, DirectoryEntry entry)
    {
        if (IsPlain(entry))
        {
            writer.Advance(WritePlain(writer.Reserve(MaxPlainBytes), entry));
            return;
        }

        writer.WriteByte((byte)entry.Kind);
        writer.WriteBlock(entry.Name.Bytes);
        writer.WriteVarint(entry.SizeBytes);
        writer.WriteHash(entry.Hash);
        FieldEncoding.Write(writer, entry.Fields);
    }

    public static DirectoryEntry Read(ref CanonicalReader reader)
    {
        var start = reader;
        var kind = (EntryKind)reader.ReadByte();
        var name = EntryName.Create(reader.ReadBlock(EntryName.MaxBytes, "the length of a name"));
        if (!name.IsOk)
        {
            throw new NonCanonicalException(name.Error.Message);
        }

        var size = reader.ReadVarint();
        var hash = reader.ReadHash();
        var fields = FieldEncoding.Read(ref reader);
        try
        {
            // What was read is the one encoding that there is, so its hash is the digest.
            return new DirectoryEntry(name.Value, kind, size, hash, fields) { Digest = HashDomain.Entry.Hash(start.UpTo(reader)) };
        }
        catch (ArgumentException e)
        {
            throw new NonCanonicalException(e.Message);
        }
    }

    public static ContentHash Digest(DirectoryEntry entry)
    {
        if (IsPlain(entry))
        {
            Span<byte> bytes = stackalloc byte[MaxPlainBytes];
            return HashDomain.Entry.Hash(bytes[..WritePlain(bytes, entry)]);
        }

        var writer = new CanonicalWriter(128);
        Write(writer, entry);
        return HashDomain.Entry.Hash(writer.Written);
    }

    private static bool IsPlain(DirectoryEntry entry) => entry.Fields.IsEmpty && entry.Name.Bytes.Length <= MaxPlainName;

    /// <summary>Writes in one go, because a directory has hundreds; gives the length.</summary>
    private static int WritePlain(Span<byte> target, DirectoryEntry entry)
    {
        var name = entry.Name.Bytes;
        (target[0], target[1]) = ((byte)entry.Kind, (byte)name.Length);
        name.CopyTo(target[2..]);
        var at = 2 + name.Length;
        var size = entry.SizeBytes;
        for (; size >= 0x80; size >>= 7)
        {
            target[at++] = (byte)((size & 0x7F) | 0x80);
        }

        target[at++] = (byte)size;
        entry.Hash.CopyTo(target[at..]);
        at += ContentHash.SizeBytes;
        target[at++] = 0;
        return at;
    }

    /// <summary>Gives the first rule that the parts of an entry break together, or null.</summary>
    public static string? FirstBroken(DirectoryEntry entry)
    {
        if (entry.Kind is < EntryKind.File or > EntryKind.ForeignLink)
        {
            return $"the kind {(byte)entry.Kind} is unknown";
        }

        if (!entry.Kind.HasContent && entry.SizeBytes != 0)
        {
            return "only content has a size";
        }

        if (entry.Hash.IsZero && entry.Kind != EntryKind.ForeignLink)
        {
            return "it names nothing";
        }

        return FieldEncoding.FirstBroken(entry.Fields) ?? FirstBrokenField(entry);
    }

    private static string? FirstBrokenField(DirectoryEntry entry)
    {
        foreach (var field in entry.Fields)
        {
            var rule = field.Tag switch
            {
                EntryField.Salt => field.Value.Length == SaltBytes ? null : "a salt has 16 bytes",
                EntryField.NestedTree => entry.Kind == EntryKind.NestedTree && field.Value.Length == TreeId.SizeBytes ? null : "a tree id of 16 bytes belongs to a nested tree alone",
                EntryField.ForeignTarget => entry.Kind == EntryKind.ForeignLink ? null : "a foreign target belongs to a foreign link alone",
                < EntryField.FirstOptionalTag => $"the field {field.Tag} is unknown; a newer version is needed to read it",
                _ => null,
            };
            if (rule is not null)
            {
                return rule;
            }
        }

        return entry.Kind switch
        {
            EntryKind.NestedTree when entry.Field(EntryField.NestedTree) is null => "a nested tree needs its id",
            EntryKind.ForeignLink when entry.Field(EntryField.ForeignTarget) is null => "a foreign link needs its target",
            _ => null,
        };
    }
}

/// <summary>Encodes lists of further fields, which entries and snapshots share.</summary>
internal static class FieldEncoding
{
    public static void Write(CanonicalWriter writer, ImmutableArray<EntryField> fields)
    {
        writer.WriteVarint(fields.Length);
        foreach (var field in fields)
        {
            writer.WriteVarint(field.Tag);
            writer.WriteBlock(field.Value.AsSpan());
        }
    }

    public static ImmutableArray<EntryField> Read(ref CanonicalReader reader)
    {
        var count = reader.ReadCount(EntryField.MaxFields, "the number of fields");
        if (count == 0)
        {
            return [];
        }

        var fields = ImmutableArray.CreateBuilder<EntryField>(count);
        for (var i = 0; i < count; i++)
        {
            var tag = reader.ReadCount(EntryField.MaxTag, "the tag of a field");
            fields.Add(new EntryField(tag, [.. reader.ReadBlock(EntryField.MaxValueBytes, "the length of a field")]));
        }

        var read = fields.MoveToImmutable();
        return FirstBroken(read) is { } rule ? throw new NonCanonicalException(rule) : read;
    }

    public static string? FirstBroken(ImmutableArray<EntryField> fields)
    {
        if (fields.Length > EntryField.MaxFields)
        {
            return $"it has more than {EntryField.MaxFields} fields";
        }

        var last = 0;
        foreach (var field in fields)
        {
            if (field.Tag <= last || field.Tag > EntryField.MaxTag)
            {
                return "its fields are not ascending by tag";
            }

            if (field.Value.IsDefault || field.Value.Length > EntryField.MaxValueBytes)
            {
                return $"the field {field.Tag} has no value or one over {EntryField.MaxValueBytes} bytes";
            }

            last = field.Tag;
        }

        return null;
    }
}
