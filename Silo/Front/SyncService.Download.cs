using Google.Protobuf;
using Grpc.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Protocol.Grpc;
using W0rktree.Silo.Sealing;

namespace W0rktree.Silo.Front;

/// <summary>Downloads.</summary>
internal sealed partial class SyncService
{
    private const int MaxFrameBytes = 1 << 20;

    /// <inheritdoc/>
    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadFrame> responseStream, ServerCallContext context)
    {
        if (request.Want.Count + request.Have.Count > MaxNegotiated)
        {
            throw Replies.Invalid($"A download names at most {MaxNegotiated:N0} snapshots.");
        }

        var tree = Wire.Tree(request.Tree);
        var gate = Gate(context, tree, sends: false);
        await gate.RequireAsync(context.CancellationToken);
        if (!CallerSession.Of(context).Ticket!.InScope(Permission.TreeRead))
        {
            throw new RefusedException(Refusals.ScopeExceeded(Permission.TreeRead));
        }

        await using var objects = await OpenAsync(tree, context.CancellationToken);
        var wanted = request.Want.Select(Wire.Snapshot).ToArray();
        foreach (var id in wanted)
        {
            if (!await objects.HasSnapshotAsync(id, context.CancellationToken))
            {
                throw new RefusedException(Refusals.NotFound);
            }
        }

        var have = request.Have.Select(Wire.Snapshot).ToArray();
        var lens = await LensAsync(tree, CallerSession.Of(context).Ticket!, context.CancellationToken);
        IObjectReader readable = lens.SeesEverything
            ? objects
            : await SealedReader.OfHistoryAsync(new ObjectGraph(objects), lens, [.. wanted, .. have], context.CancellationToken) ?? throw new RefusedException(Refusals.NotFound);
        await audit.ReleasingAsync(CallerSession.Of(context), tree.Tenant, Named("want", wanted) + Named(" have", have) + (lens.SeesEverything ? "" : " sealed"));
        var walk = new ClosureWalk(new ObjectGraph(readable));
        await walk.ExcludeAsync(have, context.CancellationToken);
        await responseStream.WriteAsync(new DownloadFrame { Start = new DownloadStart() }, context.CancellationToken);
        var position = 0UL;
        foreach (var id in wanted)
        {
            await foreach (var item in walk.SnapshotAsync(id, context.CancellationToken))
            {
                if (position++ >= request.SkipObjects)
                {
                    await SendAsync(objects, readable, item, gate, responseStream, context.CancellationToken);
                }
            }
        }
    }

    /// <summary>Names the first few of many snapshots, for the audit.</summary>
    private static string Named(string what, SnapshotId[] snapshots) =>
        snapshots.Length == 0 ? "" : $"{what}={string.Join(',', snapshots.Take(5))}{(snapshots.Length > 5 ? $"…{snapshots.Length}" : "")}";

    private static async Task SendAsync(ITreeVault objects, IObjectReader readable, ClosureItem item, TransferGate gate, IServerStreamWriter<DownloadFrame> frames, CancellationToken cancellationToken)
    {
        await using var bytes = await OpenAsync(objects, readable, item, cancellationToken);
        var (left, first) = (bytes.Length, true);
        do
        {
            var data = new byte[Math.Min(MaxFrameBytes, left)];
            await bytes.ReadExactlyAsync(data, cancellationToken);
            left -= data.Length;
            var frame = new ObjectFrame
            {
                Id = ByteString.CopyFrom(item.Id.ToArray()),
                Kind = (uint)item.Kind,
                Data = UnsafeByteOperations.UnsafeWrap(data),
                More = left > 0,
                Size = first ? (ulong)bytes.Length : 0,
            };
            first = false;
            await gate.PassAsync(data.Length, cancellationToken);
            await frames.WriteAsync(new DownloadFrame { Object = frame }, cancellationToken);
        }
        while (left > 0);
    }

    private static async Task<Stream> OpenAsync(ITreeVault objects, IObjectReader readable, ClosureItem item, CancellationToken cancellationToken)
    {
        if (item.Kind == ObjectKind.Content)
        {
            return await objects.OpenContentAsync(item.Id, cancellationToken) ?? throw new MissingObjectException(item.Id, "a download");
        }

        // The empty directory is part of the format and stored nowhere.
        var bytes = item.Id == DirectoryObject.Empty.Id
            ? DirectoryCodec.Encode(DirectoryObject.Empty).Bytes
            : (await readable.TryReadAsync(item.Id, cancellationToken) ?? throw new MissingObjectException(item.Id, "a download")).Bytes;
        return new MemoryStream(bytes.ToArray(), writable: false);
    }
}
