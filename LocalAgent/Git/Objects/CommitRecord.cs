using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Objects;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>
/// What a snapshot keeps of the commit that it was imported from, so that the same bytes can be made of it again
/// (docs/format/snapshot.md, field 129). What the snapshot says itself is not repeated, unless the commit is irregular.
/// </summary>
internal sealed record CommitRecord
{
    private const byte Version = 1;
    private const byte VerbatimFlag = 1;
    private const byte TranscodedFlag = 2;

    // Tags 129 to 144: one commit with the signatures of many merged tags has more than the 64 KiB of one field.
    private const int MaxParts = 16;

    /// <summary>Gets the commit's id.</summary>
    public required GitId Id { get; init; }

    /// <summary>Gets all bytes of an irregular commit; empty for others.</summary>
    public ReadOnlyMemory<byte> Verbatim { get; init; }

    /// <summary>Gets whether author, committer and message stand in UTF-8 in the snapshot and in another encoding in the commit.</summary>
    public bool IsTranscoded { get; init; }

    /// <summary>Gets the author's time as it is written.</summary>
    public ReadOnlyMemory<byte> AuthorStamp { get; init; }

    /// <summary>Gets the committer's time as it is written.</summary>
    public ReadOnlyMemory<byte> CommitterStamp { get; init; }

    /// <summary>Gets the further header lines.</summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>Gives the fields to put into the snapshot; null where they are over the format's limit of 1 MiB.</summary>
    public ImmutableArray<EntryField>? ToFields()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Span<byte> id = stackalloc byte[GitId.SizeBytes];
        Id.CopyTo(id);
        writer.Write(Version);
        writer.Write((byte)((Verbatim.IsEmpty ? 0 : VerbatimFlag) | (IsTranscoded ? TranscodedFlag : 0)));
        writer.Write(id);
        foreach (var block in Verbatim.IsEmpty ? [AuthorStamp, CommitterStamp, Extra] : new[] { Verbatim })
        {
            writer.Write7BitEncodedInt(block.Length);
            writer.Write(block.Span);
        }

        var bytes = stream.ToArray();
        return bytes.Length > MaxParts * EntryField.MaxValueBytes
            ? null
            : [.. bytes.Chunk(EntryField.MaxValueBytes).Select((part, i) => new EntryField(SnapshotField.GitCommit + i, [.. part]))];
    }

    /// <summary>Reads what a snapshot keeps; null where it was not imported, or by a program that wrote it another way.</summary>
    public static CommitRecord? TryRead(SnapshotObject snapshot)
    {
        if (snapshot.Field(SnapshotField.GitCommit) is null)
        {
            return null;
        }

        var bytes = snapshot.Fields.Where(field => field.Tag is >= SnapshotField.GitCommit and < SnapshotField.GitCommit + MaxParts).SelectMany(field => field.Value).ToArray();
        try
        {
            return Read(bytes);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Gives the text of a commit in UTF-8 where that can be taken back, else null.</summary>
    public static byte[]? Transcode(ReadOnlySpan<byte> text, string encoding)
    {
        if (Find(encoding) is not { } known)
        {
            return null;
        }

        var read = known.GetString(text);
        return known.GetBytes(read).AsSpan().SequenceEqual(text) ? Encoding.UTF8.GetBytes(read) : null;
    }

    /// <summary>Takes <see cref="Transcode"/> back.</summary>
    public static byte[]? TranscodeBack(ReadOnlySpan<byte> utf8, string encoding) => Find(encoding)?.GetBytes(Encoding.UTF8.GetString(utf8));

    private static CommitRecord? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (reader.ReadByte() != Version)
        {
            return null;
        }

        var flags = reader.ReadByte();
        var id = GitId.FromBytes(reader.ReadBytes(GitId.SizeBytes));
        var record = (flags & VerbatimFlag) != 0
            ? new CommitRecord { Id = id, Verbatim = Block(reader) }
            : new CommitRecord { Id = id, AuthorStamp = Block(reader), CommitterStamp = Block(reader), Extra = Block(reader) };
        return record with { IsTranscoded = (flags & TranscodedFlag) != 0 };
    }

    private static byte[] Block(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        var bytes = length >= 0 ? reader.ReadBytes(length) : [];
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static Encoding? Find(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
