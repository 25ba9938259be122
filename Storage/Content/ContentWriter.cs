using System.Buffers;
using System.Collections.Immutable;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Content;

/// <summary>Cuts content above 10 MiB into chunks as it streams by; smaller content is one object. Two chunks of memory at most.</summary>
internal sealed class ContentWriter(StoreTransaction transaction)
{
    public async ValueTask<WrittenContent> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkList.ThresholdBytes + 1);
        try
        {
            var filled = await content.ReadAtLeastAsync(buffer.AsMemory(0, ChunkList.ThresholdBytes + 1), ChunkList.ThresholdBytes + 1, throwOnEndOfStream: false, cancellationToken);
            if (filled <= ChunkList.ThresholdBytes)
            {
                var id = ContentHash.OfContent(buffer.AsSpan(0, filled));
                if (!transaction.Has(id))
                {
                    transaction.Append(ObjectKind.Content, id, buffer.AsSpan(0, filled));
                }

                return new WrittenContent(id, filled);
            }

            return await WriteChunksAsync(content, buffer, filled, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<WrittenContent> WriteChunksAsync(Stream content, byte[] buffer, int filled, CancellationToken cancellationToken)
    {
        using var whole = Blake3.Hasher.New();
        var chunks = ImmutableArray.CreateBuilder<ChunkReference>();
        long size = 0;
        var atEnd = false;
        while (filled > 0)
        {
            var length = FastCdc.Standard.Cut(buffer.AsSpan(0, filled));
            var chunk = buffer.AsSpan(0, length);
            whole.Update(chunk);
            var chunkId = ContentHash.OfContent(chunk);
            if (!transaction.Has(chunkId))
            {
                transaction.Append(ObjectKind.Content, chunkId, chunk);
            }

            chunks.Add(new ChunkReference(chunkId, length));
            size += length;
            buffer.AsSpan(length, filled - length).CopyTo(buffer);
            filled -= length;
            if (!atEnd && filled < ChunkList.MaxChunkBytes)
            {
                var read = await content.ReadAtLeastAsync(buffer.AsMemory(filled), Math.Min(ChunkList.MaxChunkBytes, buffer.Length - filled), throwOnEndOfStream: false, cancellationToken);
                atEnd = read == 0 || filled + read < ChunkList.MaxChunkBytes;
                filled += read;
            }
        }

        var id = ContentHash.FromBytes(whole.Finalize().AsSpan());
        if (!transaction.Has(id))
        {
            transaction.Append(ObjectKind.ChunkList, id, new ChunkList(chunks.ToImmutable()).Encode());
        }

        return new WrittenContent(id, size);
    }
}
