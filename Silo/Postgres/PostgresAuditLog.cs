using System.Collections.Immutable;
using Npgsql;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Postgres;

/// <summary>Keeps the chains beside the states in PostgreSQL. Thread-safe.</summary>
internal sealed class PostgresAuditLog(NpgsqlDataSource source, PostgresAudit audit, AuditKey key) : IAuditLog
{
    /// <inheritdoc/>
    public async Task AppendAsync(ImmutableArray<AuditAppend> records, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // In one order for everybody: two requests that lock the same two chains must not wait for each other.
        foreach (var record in records.OrderBy(static r => r.Chain.ToString(), StringComparer.Ordinal))
        {
            await audit.AppendAsync(connection, record.Chain, record.Entry, record.Start, begins: false, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public bool HasChanged(string requestId) => audit.HasChanged(requestId);

    /// <inheritdoc/>
    public async Task<AuditHead> HeadAsync(TenantId chain, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await HeadAsync(connection, chain, key, "", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ImmutableArray<byte>>> ReadAsync(TenantId chain, long from, int count, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return [.. (await RecordsAsync(connection, chain, from, count, cancellationToken)).Select(static bytes => bytes.ToImmutableArray())];
    }

    /// <inheritdoc/>
    public async Task<long> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var removed = 0L;
        foreach (var tenant in await TenantsAsync(connection, cancellationToken))
        {
            // One transaction each: the others wait no longer than for one tenant.
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            removed += await audit.PruneAsync(connection, tenant, before, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return removed;
    }

    /// <summary>Lists whose chains there are, and the tenants that must have one.</summary>
    public static async Task<List<TenantId>> TenantsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT tenant FROM wt_audit_ends UNION SELECT DISTINCT tenant FROM wt_audit "
            + "UNION SELECT split_part(grain, '/', 2) FROM wt_states WHERE state = 'tenant' AND payload IS NOT NULL ORDER BY 1";
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<TenantId>();
        while (await rows.ReadAsync(cancellationToken))
        {
            tenants.Add(TenantId.Parse(rows.GetString(0)));
        }

        return tenants;
    }

    /// <summary>Reads where a chain begins and ends; zero for one that is not there.</summary>
    internal static async Task<AuditHead> HeadAsync(NpgsqlConnection connection, TenantId tenant, AuditKey key, string locking, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pruned, pruned_hash, count, hash, code FROM wt_audit_ends WHERE tenant = $1 {locking}";
        PostgresStates.Add(command, tenant.ToString());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return new AuditHead(default, default, Authentic: true);
        }

        var head = new AuditHead(Mark(row, 0), Mark(row, 2), Authentic: false);
        return head with { Authentic = key.Knows(tenant, head, row.GetFieldValue<byte[]>(4)) };
    }

    /// <summary>Reads encoded records in order.</summary>
    internal static async Task<List<byte[]>> RecordsAsync(NpgsqlConnection connection, TenantId tenant, long from, int count, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT record FROM wt_audit WHERE tenant = $1 AND number >= $2 ORDER BY number LIMIT $3";
        PostgresStates.Add(command, tenant.ToString(), from, count);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var records = new List<byte[]>();
        while (await rows.ReadAsync(cancellationToken))
        {
            records.Add(rows.GetFieldValue<byte[]>(0));
        }

        return records;
    }

    // A damaged hash reads as one that no record has.
    private static AuditMark Mark(NpgsqlDataReader row, int column) => new(
        row.GetInt64(column),
        row.GetFieldValue<byte[]>(column + 1) is { Length: ContentHash.SizeBytes } hash ? ContentHash.FromBytes(hash) : ContentHash.OfContent([]));
}
