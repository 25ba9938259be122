using System.Buffers;
using System.Collections.Immutable;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Content;

/// <summary>
/// Writes content of any size: one object up to the threshold of the rules, above it FastCDC chunks and their list. Holds at most
/// as much as the threshold, or two of the longest chunks, in memory.
/// </summary>
internal sealed class ContentWriter(StoreTransaction transaction, CuttingRules rules)
{
    // Most files are small; a buffer for them grows from here up to the threshold.
    private const int FirstBufferBytes = 128 * 1024;

    public async ValueTask<WrittenContent> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var filled = 0;
        try
        {
            while (filled <= rules.ThresholdBytes)
            {
                if (filled == buffer.Length)
                {
                    buffer = Grow(buffer, filled);
                }

                var count = await content.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                if (count == 0)
                {
                    return WriteWhole(buffer.AsSpan(0, filled), cancellationToken);
                }

                filled += count;
            }

            // Room for two chunks: the rest of one moves to the front before the next is read behind it.
            while (buffer.Length < 2 * rules.Cutter.MaximumBytes)
            {
                buffer = Grow(buffer, filled);
            }

            return await WriteChunksAsync(content, new CutWindow(rules.Cutter, buffer, filled), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask<WrittenContent> WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(new ReadOnlyMemoryStream(content), cancellationToken);

    private WrittenContent WriteWhole(ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length > rules.ThresholdBytes)
        {
            return WriteChunks(content, cancellationToken);
        }

        var id = ContentHash.OfContent(content);
        transaction.WriteHashed(ObjectKind.Content, id, content, cancellationToken);
        return new WrittenContent(id, content.Length);
    }

    // The content ended within the buffer but above the threshold.
    private WrittenContent WriteChunks(ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        var id = ContentHash.OfContent(content);
        var chunks = ImmutableArray.CreateBuilder<ChunkReference>();
        for (var rest = content; !rest.IsEmpty; rest = rest[chunks[^1].LengthBytes..])
        {
            chunks.Add(WriteChunk(rest[..rules.Cutter.Cut(rest)], cancellationToken));
        }

        return WriteList(id, chunks.ToImmutable(), cancellationToken);
    }

    private async ValueTask<WrittenContent> WriteChunksAsync(Stream content, CutWindow window, CancellationToken cancellationToken)
    {
        using var whole = Blake3.Hasher.New();
        var chunks = ImmutableArray.CreateBuilder<ChunkReference>();
        // The hash of the whole runs one chunk behind, beside the cut and the hash of the next.
        var behind = Task.CompletedTask;
        try
        {
            while (true)
            {
                if (window.Cut() is var length and not 0)
                {
                    var chunk = window.Rest[..length];
                    chunks.Add(WriteChunk(chunk.Span, cancellationToken));
                    await behind;
                    behind = Task.Run(() => whole.Update(chunk.Span), CancellationToken.None);
                    window.Take(length);
                    continue;
                }

                if (window.HasEnded)
                {
                    break;
                }

                await behind; // It reads what is moved and overwritten now.
                window.Add(await content.ReadAsync(window.Room(int.MaxValue), cancellationToken));
            }
        }
        finally
        {
            await behind;
        }

        var hash = new byte[ContentHash.SizeBytes];
        whole.Finalize(hash);
        return WriteList(ContentHash.FromBytes(hash), chunks.ToImmutable(), cancellationToken);
    }

    private ChunkReference WriteChunk(ReadOnlySpan<byte> chunk, CancellationToken cancellationToken)
    {
        var id = ContentHash.OfContent(chunk);
        transaction.WriteHashed(ObjectKind.Content, id, chunk, cancellationToken);
        return new ChunkReference(id, chunk.Length);
    }

    private WrittenContent WriteList(ContentHash id, ImmutableArray<ChunkReference> chunks, CancellationToken cancellationToken)
    {
        ChunkList list = new(chunks);
        transaction.WriteHashed(ObjectKind.ChunkList, id, list.Encode(), cancellationToken);
        return new WrittenContent(id, list.SizeBytes);
    }

    private static byte[] Grow(byte[] buffer, int filled)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, 1));
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
