using System.Collections.Immutable;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>Encodes the conflicts field of a snapshot (docs/format/snapshot.md, "Conflicts"), ascending by path and kind.</summary>
internal static class ConflictEncoding
{
    /// <summary>A field holds 64 KiB, which bounds the list; more conflicts than this are not worth carrying along.</summary>
    public const int MaxConflicts = 1024;

    private const byte Absent = 0;

    public static ImmutableArray<byte> Encode(ImmutableArray<Conflict> conflicts)
    {
        var writer = new CanonicalWriter(conflicts.Length * 128);
        writer.WriteVarint(conflicts.Length);
        foreach (var conflict in conflicts.OrderBy(c => c.Path).ThenBy(c => c.Kind))
        {
            writer.WriteByte((byte)conflict.Kind);
            writer.WriteBlock(conflict.Path.Bytes);
            WriteSide(writer, conflict.Base);
            WriteSide(writer, conflict.Ours);
            WriteSide(writer, conflict.Theirs);
        }

        return [.. writer.Written];
    }

    public static ImmutableArray<Conflict> Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CanonicalReader(bytes);
        var count = reader.ReadCount(MaxConflicts, "the number of conflicts");
        if (count == 0)
        {
            throw new NonCanonicalException("an empty list of conflicts");
        }

        var conflicts = ImmutableArray.CreateBuilder<Conflict>(count);
        for (var i = 0; i < count; i++)
        {
            var kind = (ConflictKind)reader.ReadByte();
            var path = TreePath.Parse(reader.ReadBlock(TreePath.MaxBytes, "the length of a path"));
            if (!path.IsOk || kind is < ConflictKind.Content or > ConflictKind.Binary)
            {
                throw new NonCanonicalException("a conflict has no valid path or kind");
            }

            var conflict = new Conflict(path.Value, kind, ReadSide(ref reader), ReadSide(ref reader), ReadSide(ref reader));
            if (i > 0 && Compare(conflicts[i - 1], conflict) >= 0)
            {
                throw new NonCanonicalException("the conflicts are out of order");
            }

            conflicts.Add(conflict);
        }

        reader.RequireEnd();
        return conflicts.MoveToImmutable();
    }

    private static int Compare(Conflict a, Conflict b) => a.Path.CompareTo(b.Path) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind);

    private static void WriteSide(CanonicalWriter writer, ConflictSide? side)
    {
        writer.WriteByte(side is null ? Absent : (byte)side.Kind);
        if (side is not null)
        {
            writer.WriteVarint(side.SizeBytes);
            writer.WriteHash(side.Hash);
        }
    }

    private static ConflictSide? ReadSide(ref CanonicalReader reader)
    {
        var kind = reader.ReadByte();
        return kind switch
        {
            Absent => null,
            <= (byte)EntryKind.ForeignLink => new ConflictSide((EntryKind)kind, reader.ReadVarint(), reader.ReadHash()),
            _ => throw new NonCanonicalException("a conflict's side has an unknown kind"),
        };
    }
}
