using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Chunking;

/// <summary>Names one chunk of a large file.</summary>
/// <param name="Id">The chunk's own id: it is stored as content.</param>
/// <param name="LengthBytes">Its length, 1 to 4 MiB.</param>
public readonly record struct ChunkReference(ContentHash Id, int LengthBytes);

/// <summary>
/// Says of which chunks a large file consists (docs/format/chunk-list.md). Its id is the hash of the whole content, so a list
/// is proven only by hashing all its chunks; whoever stores one from elsewhere does that first.
/// </summary>
public sealed class ChunkList
{
    /// <summary>Content above this many bytes is stored in chunks, whatever a store's <see cref="CuttingRules"/> say.</summary>
    public const int ThresholdBytes = 10 * 1024 * 1024;

    /// <summary>The most chunks of one file, so that a list fits into one object: about 1.5 TB of content.</summary>
    public const int MaxChunks = 1_500_000;

    /// <summary>The longest chunk.</summary>
    public const int MaxChunkBytes = 4 * 1024 * 1024;

    private const byte Form = (byte)'C';
    private const byte Version = 1;

    /// <summary>Creates a list of one or more chunks.</summary>
    public ChunkList(ImmutableArray<ChunkReference> chunks)
    {
        if (chunks.Length is 0 or > MaxChunks || chunks.Any(chunk => chunk.LengthBytes is < 1 or > MaxChunkBytes))
        {
            throw new ArgumentException("A list has 1 to 1,500,000 chunks of 1 byte to 4 MiB.", nameof(chunks));
        }

        Chunks = chunks;
        SizeBytes = chunks.Sum(chunk => (long)chunk.LengthBytes);
    }

    /// <summary>The chunks in the order of the content.</summary>
    public ImmutableArray<ChunkReference> Chunks { get; }

    /// <summary>The length of the content.</summary>
    public long SizeBytes { get; }

    /// <summary>Encodes the list.</summary>
    public byte[] Encode()
    {
        var writer = new CanonicalWriter(16 + (Chunks.Length * 36));
        writer.WriteByte(Form);
        writer.WriteByte(Version);
        writer.WriteVarint(Chunks.Length);
        foreach (var chunk in Chunks)
        {
            writer.WriteHash(chunk.Id);
            writer.WriteVarint(chunk.LengthBytes);
        }

        return writer.ToArray();
    }

    /// <summary>Decodes a list; only its form is checked.</summary>
    /// <exception cref="CorruptObjectException">The bytes are not canonical.</exception>
    public static ChunkList Decode(ContentHash id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new CanonicalReader(bytes);
            if (reader.ReadByte() != Form || reader.ReadByte() != Version)
            {
                throw new NonCanonicalException("it is not a list of chunks that this program reads");
            }

            var count = reader.ReadCount(MaxChunks, "the number of chunks");
            var chunks = ImmutableArray.CreateBuilder<ChunkReference>(Math.Min(count, reader.Remaining / ContentHash.SizeBytes));
            for (var i = 0; i < count; i++)
            {
                chunks.Add(new ChunkReference(reader.ReadHash(), RequireLength(reader.ReadCount(MaxChunkBytes, "the length of a chunk"))));
            }

            reader.RequireEnd();
            return count > 0 ? new ChunkList(chunks.ToImmutable()) : throw new NonCanonicalException("it has no chunks");
        }
        catch (NonCanonicalException e)
        {
            throw new CorruptObjectException(id, e.Message, e);
        }
    }

    private static int RequireLength(int length) => length > 0 ? length : throw new NonCanonicalException("a chunk is empty");
}
