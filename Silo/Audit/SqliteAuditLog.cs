using System.Collections.Immutable;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Audit;

/// <summary>Keeps the chains beside the states, through the same writer. Thread-safe.</summary>
internal sealed class SqliteAuditLog(SqliteStates states) : IAuditLog
{
    /// <inheritdoc/>
    public Task AppendAsync(ImmutableArray<AuditAppend> records, CancellationToken cancellationToken) =>
        states.RunAsync(new AuditWork<bool>((tables, transaction) =>
        {
            foreach (var record in records)
            {
                tables.Append(transaction, record.Chain, record.Entry, record.Start);
            }

            return true;
        }), cancellationToken);

    /// <inheritdoc/>
    public bool HasChanged(string requestId) => states.Recorded.ContainsRequest(requestId);

    /// <inheritdoc/>
    public Task<AuditHead> HeadAsync(TenantId chain, CancellationToken cancellationToken) =>
        states.ReadAsync(connection => AuditReading.Head(connection, null, chain, states.AuditKey), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<ImmutableArray<byte>>> ReadAsync(TenantId chain, long from, int count, CancellationToken cancellationToken) =>
        states.ReadAsync<ImmutableArray<ImmutableArray<byte>>>(
            connection => [.. AuditReading.Records(connection, null, chain, from, count).Select(bytes => bytes.ToImmutableArray())], cancellationToken);

    /// <inheritdoc/>
    public async Task<long> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0L;
        foreach (var tenant in await states.ReadAsync(static connection => AuditReading.Tenants(connection), cancellationToken))
        {
            // One transaction each: the others wait no longer than for one tenant.
            removed += await states.RunAsync(new AuditWork<long>((tables, transaction) => tables.Prune(transaction, tenant, before)), cancellationToken);
        }

        return removed;
    }
}
