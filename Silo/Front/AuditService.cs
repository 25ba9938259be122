using Google.Protobuf;
using Grpc.Core;
using Orleans;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Protocol.Grpc;
using AuditWire = W0rktree.Protocol.Grpc.Audit;

namespace W0rktree.Silo.Front;

/// <summary>Serves the audit of a tenant, record by record as it is stored.</summary>
internal sealed class AuditService(IGrainFactory grains) : AuditWire.AuditBase
{
    /// <inheritdoc/>
    public override async Task<AuditEndsReply> Ends(AuditEndsRequest request, ServerCallContext context)
    {
        var ends = (await (await GrainAsync(request.Tenant, context)).EndsAsync(context.CancellationToken)).OrRefuse();
        return new AuditEndsReply
        {
            TenantId = ends.Tenant.ToString(),
            Pruned = (ulong)ends.Pruned, PrunedHash = ByteString.CopyFrom(ends.PrunedHash.ToArray()),
            Count = (ulong)ends.Count, Hash = ByteString.CopyFrom(ends.Hash.ToArray()),
            Authentic = ends.Authentic,
        };
    }

    /// <inheritdoc/>
    public override async Task<AuditReadReply> Read(AuditReadRequest request, ServerCallContext context)
    {
        var from = request.From <= long.MaxValue ? Math.Max(1, (long)request.From) : throw Replies.Invalid("There is no record of that number.");
        var page = (await (await GrainAsync(request.Tenant, context)).ReadAsync(from, context.CancellationToken)).OrRefuse();
        var reply = new AuditReadReply();
        reply.Records.AddRange(page.Records.Select(r => ByteString.CopyFrom(r.AsSpan())));
        reply.Names.Add(page.Names);
        return reply;
    }

    private async Task<IAuditGrain> GrainAsync(string slug, ServerCallContext context) =>
        slug.Length is > 0 and <= 39 && await grains.GetGrain<INameGrain>(GrainKeys.Slug(slug)).ResolveAsync(context.CancellationToken) is { } owner
            ? grains.GetGrain<IAuditGrain>(GrainKeys.Tenant(owner.Tenant))
            : throw new RefusedException(Refusals.NotFound);
}
