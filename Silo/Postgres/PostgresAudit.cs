using System.Collections.Immutable;
using Npgsql;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Postgres;

/// <summary>Writes chains inside the transactions of others. Whoever holds a chain's end adds to it; the others of all silos wait. Thread-safe.</summary>
internal sealed class PostgresAudit(AuditKey key, TimeProvider clock)
{
    private readonly RecordedRequests _recorded = new();

    /// <summary>Tells whether a request of the last minutes has changed something through this silo.</summary>
    public bool HasChanged(string requestId) => _recorded.ContainsRequest(requestId);

    /// <summary>Notes what <see cref="ChangeAsync"/> recorded, once it is durable.</summary>
    public void Note(IEnumerable<AuditDraft> recorded)
    {
        foreach (var draft in recorded)
        {
            _recorded.Add(new RecordKey(draft.Request, draft.Chain));
        }
    }

    /// <summary>Records the changes of requests, but for those of which an earlier write has told; gives which it recorded.</summary>
    public async Task<IReadOnlyList<AuditDraft>> ChangeAsync(NpgsqlConnection connection, ImmutableArray<AuditDraft> drafts, CancellationToken cancellationToken)
    {
        var recorded = new List<AuditDraft>();
        foreach (var chain in drafts.Where(d => !_recorded.Contains(new RecordKey(d.Request, d.Chain))).GroupBy(d => d.Chain).OrderBy(g => g.Key.ToString(), StringComparer.Ordinal))
        {
            var fresh = new List<AuditDraft>();
            foreach (var draft in chain.OrderBy(d => d.Request, StringComparer.Ordinal))
            {
                // Another silo may be writing for the same request: then this waits until that is known.
                if (await RunAsync(connection, "INSERT INTO wt_audit_requests (request, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING", cancellationToken, draft.Request, draft.Chain.ToString()) == 1)
                {
                    fresh.Add(draft);
                }
            }

            foreach (var draft in fresh)
            {
                await AppendAsync(connection, chain.Key, draft.ToEntry(AuditKind.Change), start: true, draft.Begins, cancellationToken);
            }

            recorded.AddRange(fresh);
        }

        return recorded;
    }

    /// <summary>Adds a record to the end of a chain.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, TenantId tenant, AuditEntry entry, bool start, bool begins, CancellationToken cancellationToken)
    {
        if (await LockAsync(connection, tenant, start, cancellationToken) is not { } head)
        {
            return;
        }

        var record = new AuditRecord { Tenant = tenant, Number = head.To.Count + 1, Previous = head.To.Hash, At = clock.GetUtcNow(), Entry = entry.Bounded() };
        var bytes = AuditCodec.Encode(record);
        _ = await RunAsync(connection, "INSERT INTO wt_audit (tenant, number, record) VALUES ($1, $2, $3)", cancellationToken, tenant.ToString(), record.Number, bytes);
        await SealAsync(connection, tenant, AuditVouching.After(tenant, head, begins) with { To = new AuditMark(record.Number, AuditCodec.HashOf(bytes)) }, cancellationToken);
    }

    /// <summary>Removes what is older than a time from the beginning of a chain; its last record always stays.</summary>
    public async Task<long> PruneAsync(NpgsqlConnection connection, TenantId tenant, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (await LockAsync(connection, tenant, start: false, cancellationToken) is not { Authentic: true } head)
        {
            return 0; // What somebody did to it stays for everybody to see.
        }

        var from = head.From;
        foreach (var bytes in await PostgresAuditLog.RecordsAsync(connection, tenant, from.Count + 1, int.MaxValue, cancellationToken))
        {
            if (AuditCodec.TryDecode(bytes) is not { } record || record.At >= before || record.Number == head.To.Count)
            {
                break;
            }

            from = new AuditMark(record.Number, AuditCodec.HashOf(bytes));
        }

        if (from == head.From)
        {
            return 0;
        }

        _ = await RunAsync(connection, "DELETE FROM wt_audit WHERE tenant = $1 AND number <= $2", cancellationToken, tenant.ToString(), from.Count);
        await SealAsync(connection, tenant, head with { From = from }, cancellationToken);
        await AppendAsync(connection, tenant, AuditVouching.Pruned(from, head.From), start: false, begins: false, cancellationToken);
        return from.Count - head.From.Count;
    }

    /// <summary>Reads a chain's ends and keeps everybody else from moving them until the transaction ends; null for a chain that is not there and is not to be.</summary>
    private async Task<AuditHead?> LockAsync(NpgsqlConnection connection, TenantId tenant, bool start, CancellationToken cancellationToken)
    {
        if (start)
        {
            var none = new AuditHead(default, default, Authentic: true);
            _ = await RunAsync(
                connection, "INSERT INTO wt_audit_ends (tenant, pruned, pruned_hash, count, hash, code) VALUES ($1, 0, $2, 0, $2, $3) ON CONFLICT DO NOTHING", cancellationToken,
                tenant.ToString(), none.To.Hash.ToArray(), AuditVouching.CodeOf(key, tenant, none));
        }

        var head = await PostgresAuditLog.HeadAsync(connection, tenant, key, "FOR UPDATE", cancellationToken);
        return start || head.To.Count > 0 ? head : null;
    }

    private async Task SealAsync(NpgsqlConnection connection, TenantId tenant, AuditHead head, CancellationToken cancellationToken) => _ = await RunAsync(
        connection, "UPDATE wt_audit_ends SET pruned = $2, pruned_hash = $3, count = $4, hash = $5, code = $6 WHERE tenant = $1", cancellationToken,
        tenant.ToString(), head.From.Count, head.From.Hash.ToArray(), head.To.Count, head.To.Hash.ToArray(), AuditVouching.CodeOf(key, tenant, head));

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        PostgresStates.Add(command, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
