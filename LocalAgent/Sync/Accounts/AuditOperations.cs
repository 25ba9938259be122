using Google.Protobuf;
using W0rktree.Core;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Accounts;

/// <summary>Passes a tenant's audit on, as the server has it: whoever asked verifies it.</summary>
internal sealed class AuditOperations(AccountOperations accounts)
{
    // Going back from the newest record, so many are looked at a time.
    private const long Window = 200;

    /// <summary>Sends the ends and the records.</summary>
    public async Task<Result<AuditReadResult>> ReadAsync(AuditReadParams read, Func<AuditItem, ValueTask> send, CancellationToken cancellationToken)
    {
        var tenant = read.Tenant;
        if (tenant is null)
        {
            var own = await accounts.WhoAmIAsync(cancellationToken);
            if (!own.IsOk)
            {
                return own.Error;
            }

            tenant = own.Value.Account;
        }

        var ends = await accounts.AskAsync((c, options) => c.Audit.EndsAsync(new AuditEndsRequest { Tenant = tenant }, options), cancellationToken);
        if (!ends.IsOk)
        {
            return ends.Error;
        }

        await send(new AuditItem(
            new AuditEndsInfo(tenant, ends.Value.TenantId, Mark(ends.Value.Pruned, ends.Value.PrunedHash), Mark(ends.Value.Count, ends.Value.Hash), ends.Value.Authentic), null, null));
        return read.Last is { } last
            ? await NewestAsync(tenant, ends.Value, last, read.Kind, send, cancellationToken)
            : await AllAsync(tenant, ends.Value, read.Kind, send, cancellationToken);
    }

    private async Task<Result<AuditReadResult>> AllAsync(string tenant, AuditEndsReply ends, string? kind, Func<AuditItem, ValueTask> send, CancellationToken cancellationToken)
    {
        var sent = 0L;
        for (var next = ends.Pruned + 1; next <= ends.Count;)
        {
            var page = await PageAsync(tenant, next, ends.Count, cancellationToken);
            if (!page.IsOk || page.Value.Count == 0)
            {
                return page.IsOk ? new AuditReadResult(sent) : page.Error;
            }

            next += (ulong)page.Value.Count;
            foreach (var item in page.Value.Where(item => IsOf(item, kind)))
            {
                await send(item);
                sent++;
            }
        }

        return new AuditReadResult(sent);
    }

    private async Task<Result<AuditReadResult>> NewestAsync(
        string tenant, AuditEndsReply ends, int last, string? kind, Func<AuditItem, ValueTask> send, CancellationToken cancellationToken)
    {
        var sent = 0L;
        for (var upper = (long)ends.Count; upper > (long)ends.Pruned && sent < last;)
        {
            var from = Math.Max((long)ends.Pruned + 1, upper - Window + 1);
            var window = new List<AuditItem>();
            while (from + window.Count <= upper)
            {
                var page = await PageAsync(tenant, (ulong)(from + window.Count), (ulong)upper, cancellationToken);
                if (!page.IsOk)
                {
                    return page.Error;
                }

                if (page.Value.Count == 0)
                {
                    break; // Pruned meanwhile.
                }

                window.AddRange(page.Value);
            }

            window.Reverse();
            foreach (var item in window.Where(item => IsOf(item, kind)).Take((int)(last - sent)))
            {
                await send(item);
                sent++;
            }

            upper = from - 1;
        }

        return new AuditReadResult(sent);
    }

    private async Task<Result<List<AuditItem>>> PageAsync(string tenant, ulong from, ulong to, CancellationToken cancellationToken)
    {
        var reply = await accounts.AskAsync((c, options) => c.Audit.ReadAsync(new AuditReadRequest { Tenant = tenant, From = from }, options), cancellationToken);
        return reply.Map(page => page.Records.Take((int)Math.Min(to - from + 1, int.MaxValue)).Select(record => new AuditItem(
            null, record.ToBase64(), AuditCodec.TryDecode(record.Span) is { } known ? page.Names.GetValueOrDefault(known.Entry.Actor) : null)).ToList());
    }

    private static bool IsOf(AuditItem item, string? kind) =>
        kind is null || AuditCodec.TryDecode(Convert.FromBase64String(item.Record!))?.Entry.Kind.ToString().Equals(kind, StringComparison.OrdinalIgnoreCase) == true;

    private static string Mark(ulong count, ByteString hash) =>
        new AuditMark((long)count, hash.Length == ContentHash.SizeBytes ? ContentHash.FromBytes(hash.Span) : default).ToString();
}
