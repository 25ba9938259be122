using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Content;

/// <summary>Reads the chunks of large content and proves lists of chunks.</summary>
internal static class ChunkedContent
{
    /// <summary>Reads one chunk and checks that it is what the list says.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadChunkAsync(
        IObjectReader reader, ContentHash whole, ChunkReference chunk, CancellationToken cancellationToken)
    {
        var found = await reader.TryReadAsync(chunk.Id, cancellationToken) ?? throw new MissingObjectException(chunk.Id, $"the chunk list of {whole}");
        return found.Kind == ObjectKind.Content && found.Bytes.Length == chunk.LengthBytes
            ? found.Bytes
            : throw new CorruptObjectException(whole, $"its chunk {chunk.Id} is not content of {chunk.LengthBytes} bytes");
    }

    /// <summary>Throws unless the chunks together hash to the id.</summary>
    public static async ValueTask RequireAsync(IObjectReader reader, ContentHash id, ChunkList list, CancellationToken cancellationToken)
    {
        using var hasher = Blake3.Hasher.New();
        foreach (var chunk in list.Chunks)
        {
            hasher.Update((await ReadChunkAsync(reader, id, chunk, cancellationToken)).Span);
        }

        RequireHash(id, hasher);
    }

    public static void RequireHash(ContentHash id, Blake3.Hasher hasher)
    {
        Span<byte> hash = stackalloc byte[ContentHash.SizeBytes];
        hasher.Finalize(hash);
        if (ContentHash.FromBytes(hash) != id)
        {
            throw new CorruptObjectException(id, "its chunks do not hash to its id");
        }
    }
}
