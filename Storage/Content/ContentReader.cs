using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Native;

namespace W0rktree.Storage.Content;

/// <summary>Reads content of any size from any source of objects, chunk by chunk where it is stored so. Thread safe.</summary>
public sealed class ContentReader
{
    private readonly IObjectReader _reader;
    private readonly Func<ContentHash, IDisposable?> _hold;

    /// <summary>Reads from any source of objects.</summary>
    public ContentReader(IObjectReader reader)
        : this(reader, static _ => NoHold.Instance)
    {
    }

    // A store keeps what is open from being collected; null says that it is too late.
    internal ContentReader(IObjectReader reader, Func<ContentHash, IDisposable?> hold) => (_reader, _hold) = (reader, hold);

    /// <summary>
    /// Opens content as a seekable stream; null when it is not there. Every chunk is verified before its bytes are given; a read
    /// from the first to the last byte also verifies the whole.
    /// </summary>
    /// <exception cref="CorruptObjectException">What is stored is not content, or not this.</exception>
    public async ValueTask<Stream?> OpenAsync(ContentHash id, CancellationToken cancellationToken) =>
        await _reader.TryReadAsync(id, cancellationToken) switch
        {
            null => null,
            { Kind: ObjectKind.Content } whole => new ReadOnlyMemoryStream(whole.Bytes),
            { Kind: ObjectKind.ChunkList } list => _hold(id) is { } hold ? new ChunkedContentStream(_reader, id, ChunkList.Decode(id, list.Bytes.Span), hold) : null,
            var other => throw new CorruptObjectException(id, $"it is stored as {other.Kind}, not as content"),
        };

    /// <summary>Gives the length of content; null when it is not there.</summary>
    public async ValueTask<long?> SizeAsync(ContentHash id, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(id, cancellationToken);
        return stream?.Length;
    }

    /// <summary>Copies content into a stream and verifies it as a whole; returns its length.</summary>
    /// <exception cref="MissingObjectException">It, or one of its chunks, is not there.</exception>
    public async ValueTask<long> CopyToAsync(ContentHash id, Stream destination, CancellationToken cancellationToken)
    {
        long total = 0;
        await foreach (var part in PartsAsync(id, cancellationToken))
        {
            await destination.WriteAsync(part, cancellationToken);
            total += part.Length;
        }

        return total;
    }

    /// <summary>Copies content into an open file from its beginning; returns its length. The caller syncs.</summary>
    /// <exception cref="MissingObjectException">It, or one of its chunks, is not there.</exception>
    public async ValueTask<long> CopyToAsync(ContentHash id, SafeFileHandle destination, CancellationToken cancellationToken)
    {
        long total = 0;
        await foreach (var part in PartsAsync(id, cancellationToken))
        {
            if (LibC.IsSupported)
            {
                LibC.Write(destination, part.Span, total);
            }
            else
            {
                await RandomAccess.WriteAsync(destination, part, total, cancellationToken);
            }

            total += part.Length;
        }

        return total;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync(
        ContentHash id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await _reader.TryReadAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a copy");
        if (found.Kind == ObjectKind.Content)
        {
            yield return found.Bytes;
            yield break;
        }

        if (found.Kind != ObjectKind.ChunkList)
        {
            throw new CorruptObjectException(id, $"it is stored as {found.Kind}, not as content");
        }

        using var hold = _hold(id) ?? throw new MissingObjectException(id, "a copy");
        using var hasher = Blake3.Hasher.New();
        foreach (var chunk in ChunkList.Decode(id, found.Bytes.Span).Chunks)
        {
            var bytes = await ChunkedContent.ReadChunkAsync(_reader, id, chunk, cancellationToken);
            hasher.Update(bytes.Span);
            yield return bytes;
        }

        ChunkedContent.RequireHash(id, hasher);
    }

    private sealed class NoHold : IDisposable
    {
        public static readonly NoHold Instance = new();

        public void Dispose()
        {
        }
    }
}
