using Grpc.Core;
using Orleans;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Protocol.Grpc;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Front;

/// <summary>Serves transfers: this part negotiates and takes uploads. Content goes between the caller and the vault; grains only decide.</summary>
internal sealed partial class SyncService(IGrainFactory grains, TicketMint mint, IObjectVault vault, IReadingRights rights, RequestAudit audit, QuotaBook quotas, TimeProvider clock) : Sync.SyncBase
{
    private const int MaxNegotiated = 4_096;

    /// <inheritdoc/>
    public override async Task<NegotiateReply> Negotiate(NegotiateRequest request, ServerCallContext context)
    {
        if (request.Snapshots.Count > MaxNegotiated)
        {
            throw Replies.Invalid($"At most {MaxNegotiated:N0} snapshots are negotiated at a time.");
        }

        var tree = Wire.Tree(request.Tree);
        await Gate(context, tree, sends: false).RequireAsync(context.CancellationToken);
        await using var objects = await OpenAsync(tree, context.CancellationToken);
        var reply = new NegotiateReply();
        foreach (var id in request.Snapshots)
        {
            if (await objects.HasSnapshotAsync(Wire.Snapshot(id), context.CancellationToken))
            {
                reply.Known.Add(id);
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<OpenUploadReply> OpenUpload(OpenUploadRequest request, ServerCallContext context)
    {
        var tree = Wire.Tree(request.Tree);
        var plan = new UploadPlan(Wire.Snapshot(request.Tip), request.ObjectCount <= long.MaxValue ? (long)request.ObjectCount : throw Replies.Invalid("That is more objects than there can be."));
        await Gate(context, tree, sends: true).RequireAsync(context.CancellationToken);
        await using var objects = await OpenAsync(tree, context.CancellationToken);
        if (await objects.HasSnapshotAsync(plan.Tip, context.CancellationToken))
        {
            return new OpenUploadReply { ReceivedObjects = request.ObjectCount, Complete = true };
        }

        await using var upload = (await objects.OpenUploadAsync(KeyOf(context, request.Session), plan, await quotas.AllowanceAsync(tree.Tenant, context.CancellationToken), context.CancellationToken)).OrRefuse();
        return new OpenUploadReply { ReceivedObjects = (ulong)upload.DurableObjects };
    }

    /// <inheritdoc/>
    public override async Task<UploadReply> Upload(IAsyncStreamReader<UploadFrame> requestStream, ServerCallContext context)
    {
        var frames = new UploadFrames(requestStream);
        var start = await frames.StartAsync(context.CancellationToken);
        CallerSession.Of(context).Subject = CallerSession.Of(context).Subject.About(start);
        var tree = Wire.Tree(start.Tree);
        var gate = Gate(context, tree, sends: true);
        await gate.RequireAsync(context.CancellationToken);
        await using var objects = await OpenAsync(tree, context.CancellationToken);
        await using var upload = (await objects.OpenUploadAsync(KeyOf(context, start.Session), null, await quotas.AllowanceAsync(tree.Tenant, context.CancellationToken), context.CancellationToken)).OrRefuse();
        if (start.FirstObject != (ulong)upload.DurableObjects)
        {
            throw Replies.Invalid($"The upload goes on with object {upload.DurableObjects}, not {start.FirstObject}.");
        }

        try
        {
            while (await frames.NextAsync(context.CancellationToken))
            {
                await using var bytes = new CountedStream(frames.Open(), gate);
                _ = (await upload.AppendAsync(frames.Kind, frames.Id, bytes, context.CancellationToken)).OrRefuse();
            }
        }
        finally
        {
            // Also when the connection is cut: what has arrived need not come again.
            await upload.FlushAsync(CancellationToken.None);
        }

        if (upload.DurableObjects < upload.Plan.ObjectCount)
        {
            return new UploadReply { ReceivedObjects = (ulong)upload.DurableObjects };
        }

        await gate.RequireAsync(context.CancellationToken);

        // What the account may read, whatever the token was made for: one that only writes sends directories as the account knows them.
        var lens = await LensAsync(tree, CallerSession.Of(context).Ticket! with { Scopes = ["*"] }, context.CancellationToken);
        await audit.ChangingAsync(CallerSession.Of(context), tree.Tenant, $"tip={upload.Plan.Tip} objects={upload.Plan.ObjectCount}");
        _ = (await upload.AdmitAsync(lens, context.CancellationToken)).OrRefuse();
        return new UploadReply { ReceivedObjects = (ulong)upload.Plan.ObjectCount, Complete = true };
    }

    /// <summary>Asks what the caller may read at this moment.</summary>
    private async Task<IReadingLens> LensAsync(TreeAddress tree, CallerTicket caller, CancellationToken cancellationToken) =>
        await rights.OpenAsync(tree, caller, cancellationToken) ?? throw new RefusedException(Refusals.NotFound);

    private TransferGate Gate(ServerCallContext context, TreeAddress tree, bool sends) => new(grains, mint, CallerSession.Of(context), tree, sends, clock);

    private Task<ITreeVault> OpenAsync(TreeAddress tree, CancellationToken cancellationToken) => vault.ForTenant(tree.Tenant).OpenAsync(tree.Tree, cancellationToken);

    private static UploadKey KeyOf(ServerCallContext context, Google.Protobuf.ByteString session) => new(CallerSession.Of(context).Account, Wire.Session(session));
}
