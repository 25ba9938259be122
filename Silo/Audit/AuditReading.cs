using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.Audit;

/// <summary>Reads chains out of the database.</summary>
internal static class AuditReading
{
    /// <summary>Lists whose chains there are, and the tenants that must have one.</summary>
    public static List<TenantId> Tenants(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT tenant FROM audit_ends UNION SELECT DISTINCT tenant FROM audit "
            + "UNION SELECT substr(grain, instr(grain, '/') + 1) FROM states WHERE state = 'tenant' AND payload IS NOT NULL ORDER BY tenant";
        using var rows = command.ExecuteReader();
        var tenants = new List<TenantId>();
        while (rows.Read())
        {
            tenants.Add(TenantId.Parse(rows.GetString(0)));
        }

        return tenants;
    }

    /// <summary>Reads where a chain begins and ends; zero for one that is not there.</summary>
    public static AuditHead Head(SqliteConnection connection, SqliteTransaction? transaction, TenantId tenant, AuditKey key)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT pruned, pruned_hash, count, hash, code FROM audit_ends WHERE tenant = $tenant";
        command.Parameters.AddWithValue("$tenant", tenant.ToString());
        using var row = command.ExecuteReader();
        if (!row.Read())
        {
            return new AuditHead(default, default, Authentic: true);
        }

        var head = new AuditHead(Mark(row, 0), Mark(row, 2), Authentic: false);
        return head with { Authentic = key.Knows(tenant, head, row.GetFieldValue<byte[]>(4)) };
    }

    /// <summary>Reads encoded records in order.</summary>
    public static IEnumerable<byte[]> Records(SqliteConnection connection, SqliteTransaction? transaction, TenantId tenant, long from, int count)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT record FROM audit WHERE tenant = $tenant AND number >= $from ORDER BY number LIMIT $count";
        command.Parameters.AddWithValue("$tenant", tenant.ToString());
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$count", count);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return rows.GetFieldValue<byte[]>(0);
        }
    }

    // A damaged hash reads as one that no record has.
    private static AuditMark Mark(SqliteDataReader row, int column) => new(
        row.GetInt64(column),
        row.GetFieldValue<byte[]>(column + 1) is { Length: ContentHash.SizeBytes } hash ? ContentHash.FromBytes(hash) : ContentHash.OfContent([]));
}
