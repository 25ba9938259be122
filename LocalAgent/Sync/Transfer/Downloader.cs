using Google.Protobuf;
using Grpc.Core;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Transfer;

/// <summary>Fetches what snapshots need and the local store lacks. Every object is hashed before it is kept.</summary>
internal sealed class Downloader(ServerConnection server, ObjectStore store)
{
    private const int Attempts = 3;

    /// <summary>A transaction is committed after so many bytes, so that a broken transfer keeps what it brought.</summary>
    private const long CommitEveryBytes = 64 * 1024 * 1024;

    /// <summary>Fetches the closures of the wanted snapshots. Returns how many objects came.</summary>
    public async Task<Result<long>> FetchAsync(TreeRef tree, IReadOnlyList<SnapshotId> want, IReadOnlyList<SnapshotId> have, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        long received = 0;
        for (var attempt = 1; ; attempt++)
        {
            var result = await server.GuardAsync(async () =>
            {
                await foreach (var count in ReceiveAsync(tree, want, have, received, progress, cancellationToken))
                {
                    received = count;
                }

                return received;
            }, cancellationToken);
            if (result.IsOk || attempt == Attempts || !ServerErrors.IsPassing(result.Error))
            {
                return result;
            }
        }
    }

    /// <summary>Receives, yielding the count of objects that are durable here each time it grows.</summary>
    private async IAsyncEnumerable<long> ReceiveAsync(
        TreeRef tree, IReadOnlyList<SnapshotId> want, IReadOnlyList<SnapshotId> have, long skip, IProgress<(long Done, long Total)>? progress,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new DownloadRequest { Tree = tree, SkipObjects = (ulong)skip };
        request.Want.AddRange(want.Select(Bytes));
        request.Have.AddRange(have.Select(Bytes));
        using var call = server.Sync.Download(request, server.Options(timeout: null, cancellationToken));
        var count = skip;
        long total = 0, pending = 0;
        var transaction = store.Begin();
        try
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var frame = call.ResponseStream.Current;
                if (frame.FrameCase == DownloadFrame.FrameOneofCase.Start)
                {
                    total = (long)frame.Start.ObjectCount;
                    continue;
                }

                pending += await KeepAsync(transaction, frame.Object, call.ResponseStream, cancellationToken);
                count++;
                progress?.Report((count, total));
                if (pending >= CommitEveryBytes)
                {
                    await transaction.CommitAsync(cancellationToken);
                    await transaction.DisposeAsync();
                    transaction = store.Begin();
                    pending = 0;
                    yield return count;
                }
            }

            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            await transaction.DisposeAsync();
        }

        yield return count;
    }

    private static async Task<long> KeepAsync(StoreTransaction transaction, ObjectFrame first, IAsyncStreamReader<DownloadFrame> rest, CancellationToken cancellationToken)
    {
        var id = ContentHash.FromBytes(first.Id.Span);
        var kind = (ObjectKind)first.Kind;
        if (kind is ObjectKind.ChunkList or < ObjectKind.Content or > ObjectKind.Snapshot || first.Compression != Compression.None)
        {
            throw new InvalidDataException($"The server sent object {id} in a form that was not asked for.");
        }

        if (!first.More)
        {
            await transaction.WriteAsync(kind, id, first.Data.Memory, cancellationToken);
            return first.Data.Length;
        }

        await using var frames = new FrameStream(first, rest);
        if (kind == ObjectKind.Content)
        {
            var written = await transaction.WriteContentAsync(frames, cancellationToken);
            return written.Id == id ? written.SizeBytes : throw new CorruptObjectException(id, "the server sent other bytes");
        }

        using var whole = new MemoryStream();
        await frames.CopyToAsync(whole, cancellationToken);
        await transaction.WriteAsync(kind, id, whole.ToArray(), cancellationToken);
        return whole.Length;
    }

    private static ByteString Bytes(SnapshotId id) => ByteString.CopyFrom(id.Hash.ToArray());
}
