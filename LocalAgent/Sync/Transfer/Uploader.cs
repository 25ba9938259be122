using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Transfer;

/// <summary>Tells what an upload came to.</summary>
/// <param name="Session">The session that the server refers to, empty where it had everything already.</param>
/// <param name="Objects">How many objects were sent.</param>
/// <param name="Bytes">How many bytes of them.</param>
internal sealed record Upload(ByteString Session, long Objects, long Bytes);

/// <summary>Sends what a snapshot needs and the server lacks. A broken transfer resumes where the server's quarantine ends.</summary>
internal sealed class Uploader(ServerConnection server, ObjectStore store)
{
    private const int Attempts = 3;

    // Two working copies on one store may have the same snapshot to send, hence the same session: one after the other; the second
    // finds that the server has it.
    private static readonly ConditionalWeakTable<ObjectStore, SemaphoreSlim> s_turns = [];

    private readonly ObjectGraph _objects = new(store);
    private readonly ObjectFrames _frames = new(store);

    /// <summary>Uploads the closure of a snapshot. The session is derived from what is sent, so that a restarted agent resumes it.</summary>
    public async Task<Result<Upload>> SendAsync(TreeRef tree, SnapshotId tip, IReadOnlySet<SnapshotId> common, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        if (common.Contains(tip))
        {
            return new Upload(ByteString.Empty, 0, 0);
        }

        var turn = s_turns.GetValue(store, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await SendInTurnAsync(tree, tip, common, progress, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Result<Upload>> SendInTurnAsync(TreeRef tree, SnapshotId tip, IReadOnlySet<SnapshotId> common, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var items = await ListAsync(tip, common, cancellationToken);
        var session = SessionOf(tree, tip, common);
        long bytes = 0;
        for (var attempt = 1; ; attempt++)
        {
            var opened = await OpenAsync(tree, tip, common, items, session, cancellationToken);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            if (opened.Value.Complete)
            {
                return new Upload(session, items.Count, bytes);
            }

            var sent = await server.GuardAsync(() => StreamAsync(tree, session, items, (long)opened.Value.ReceivedObjects, progress, cancellationToken), cancellationToken);
            if (sent.IsOk)
            {
                return new Upload(session, items.Count, bytes + sent.Value);
            }

            if (attempt == Attempts || !ServerErrors.IsPassing(sent.Error))
            {
                return sent.Error;
            }
        }
    }

    private async Task<List<ClosureItem>> ListAsync(SnapshotId tip, IReadOnlySet<SnapshotId> common, CancellationToken cancellationToken)
    {
        var walk = new ClosureWalk(_objects);
        await walk.ExcludeAsync(common.Order(), cancellationToken);
        var items = new List<ClosureItem>();
        await foreach (var item in walk.SnapshotAsync(tip, cancellationToken))
        {
            items.Add(item);
        }

        return items;
    }

    private Task<Result<OpenUploadReply>> OpenAsync(TreeRef tree, SnapshotId tip, IReadOnlySet<SnapshotId> common, List<ClosureItem> items, ByteString session, CancellationToken cancellationToken)
    {
        var request = new OpenUploadRequest
        {
            Tree = tree,
            Session = session,
            Tip = Bytes(tip),
            ObjectCount = (ulong)items.Count,
            TotalBytes = (ulong)items.Sum(item => (decimal)item.SizeBytes),
        };
        request.Common.AddRange(common.Order().Select(Bytes));
        return server.CallAsync(options => server.Sync.OpenUploadAsync(request, options), cancellationToken);
    }

    private async Task<long> StreamAsync(TreeRef tree, ByteString session, List<ClosureItem> items, long first, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        using var call = server.Sync.Upload(server.Options(timeout: null, cancellationToken));
        long bytes = 0;
        try
        {
            await call.RequestStream.WriteAsync(new UploadFrame { Start = new UploadStart { Tree = tree, Session = session, FirstObject = (ulong)first } }, cancellationToken);
            for (var i = (int)first; i < items.Count; i++)
            {
                await foreach (var frame in _frames.CutAsync(items[i], cancellationToken))
                {
                    bytes += frame.Data.Length;
                    await call.RequestStream.WriteAsync(new UploadFrame { Object = frame }, cancellationToken);
                }

                progress?.Report((i + 1, items.Count));
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // The server ended the call while we wrote: its answer below says why.
        }

        var reply = await call.ResponseAsync;
        return reply.Complete ? bytes : throw new InvalidDataException($"The server took {reply.ReceivedObjects} of {items.Count} objects and did not say what is missing.");
    }

    private static ByteString SessionOf(TreeRef tree, SnapshotId tip, IReadOnlySet<SnapshotId> common)
    {
        var text = string.Join('\n', [tree.TreeId, tip.ToString(), .. common.Order().Select(id => id.ToString())]);
        return ByteString.CopyFrom(ContentHash.OfContent(System.Text.Encoding.UTF8.GetBytes(text)).ToArray().AsSpan(0, 16));
    }

    private static ByteString Bytes(SnapshotId id) => ByteString.CopyFrom(id.Hash.ToArray());
}
