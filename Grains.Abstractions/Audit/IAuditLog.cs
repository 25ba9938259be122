using System.Collections.Immutable;
using W0rktree.Core.Audit;

namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Keeps the chains of all tenants. Appending is durable when it returns. Thread-safe.</summary>
/// <remarks>Changes do not come through here: the storage of states writes their records itself, in the transaction of the change.</remarks>
public interface IAuditLog
{
    /// <summary>Adds records, all of them or none, and in the time of one.</summary>
    /// <param name="records">The records, of different chains.</param>
    /// <param name="cancellationToken">Gives up waiting; the records may be written all the same.</param>
    Task AppendAsync(ImmutableArray<AuditAppend> records, CancellationToken cancellationToken);

    /// <summary>Tells whether a request of the last minutes has changed something.</summary>
    bool HasChanged(string requestId);

    /// <summary>Says where a chain begins and ends.</summary>
    Task<AuditHead> HeadAsync(TenantId chain, CancellationToken cancellationToken);

    /// <summary>Reads encoded records from a number on, at most as many.</summary>
    Task<ImmutableArray<ImmutableArray<byte>>> ReadAsync(TenantId chain, long from, int count, CancellationToken cancellationToken);

    /// <summary>Removes the records at the beginning of every chain that are older than a time; what remains starts at a checkpoint.</summary>
    Task<long> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Asks for one more record at the end of a chain.</summary>
/// <param name="Chain">The tenant; zero for the server's own.</param>
/// <param name="Entry">What it says.</param>
/// <param name="Start">Whether to start a chain that is not there; else nothing is written to one that is not.</param>
public sealed record AuditAppend(TenantId Chain, AuditEntry Entry, bool Start);

/// <summary>Says where a chain begins and ends.</summary>
/// <param name="From">The checkpoint: what was pruned, nothing at first.</param>
/// <param name="To">The last record.</param>
/// <param name="Authentic">Whether the server's own key vouches for both.</param>
public sealed record AuditHead(AuditMark From, AuditMark To, bool Authentic);

/// <summary>Adds single records.</summary>
public static class SingleAppends
{
    /// <summary>Adds a record; starts the chain where it is not there.</summary>
    /// <param name="log">The log.</param>
    /// <param name="chain">The tenant; zero for the server's own.</param>
    /// <param name="entry">What it says.</param>
    /// <param name="cancellationToken">Gives up waiting; the record may be written all the same.</param>
    public static Task AppendAsync(this IAuditLog log, TenantId chain, AuditEntry entry, CancellationToken cancellationToken) =>
        log.AppendAsync([new AuditAppend(chain, entry, Start: true)], cancellationToken);
}
