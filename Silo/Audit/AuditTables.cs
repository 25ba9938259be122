using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.Audit;

/// <summary>Writes chains in the transactions of the one writer of states. Belongs to that writer's loop.</summary>
internal sealed class AuditTables : IDisposable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _head;
    private readonly SqliteConnection _writer;
    private readonly AuditKey _key;
    private readonly TimeProvider _clock;
    private readonly RecordedRequests _recorded;
    private readonly Dictionary<TenantId, AuditHead> _heads = [];
    private readonly HashSet<TenantId> _touched = [];
    private readonly HashSet<RecordKey> _fresh = [];

    public AuditTables(SqliteConnection writer, AuditKey key, TimeProvider clock, RecordedRequests recorded)
    {
        (_writer, _key, _clock, _recorded) = (writer, key, clock, recorded);
        using (var schema = writer.CreateCommand())
        {
            schema.CommandText = """
                CREATE TABLE IF NOT EXISTS audit (tenant TEXT NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (tenant, number)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS audit_ends (tenant TEXT PRIMARY KEY, pruned INTEGER NOT NULL, pruned_hash BLOB NOT NULL,
                    count INTEGER NOT NULL, hash BLOB NOT NULL, code BLOB NOT NULL) WITHOUT ROWID
                """;
            _ = schema.ExecuteNonQuery();
        }

        _insert = Prepare("INSERT INTO audit (tenant, number, record) VALUES ($tenant, $number, $record)", "$tenant", "$number", "$record");
        _head = Prepare(
            "INSERT INTO audit_ends (tenant, pruned, pruned_hash, count, hash, code) VALUES ($tenant, $pruned, $pruned_hash, $count, $hash, $code) "
            + "ON CONFLICT (tenant) DO UPDATE SET pruned = excluded.pruned, pruned_hash = excluded.pruned_hash, count = excluded.count, hash = excluded.hash, code = excluded.code",
            "$tenant", "$pruned", "$pruned_hash", "$count", "$hash", "$code");
    }

    /// <summary>Records the change of a request, unless an earlier write of the same request did.</summary>
    public void Change(SqliteTransaction transaction, AuditDraft draft)
    {
        var key = new RecordKey(draft.Request, draft.Chain);
        if (_recorded.Contains(key) || _fresh.Contains(key))
        {
            return;
        }

        Append(transaction, draft.Chain, draft.ToEntry(AuditKind.Change), start: true, draft.Begins);
        _fresh.Add(key);
    }

    /// <summary>Adds a record to the end of a chain.</summary>
    public void Append(SqliteTransaction transaction, TenantId tenant, AuditEntry entry, bool start, bool begins = false)
    {
        var head = HeadOf(transaction, tenant);
        if (!start && head.To.Count == 0)
        {
            return;
        }

        var record = new AuditRecord { Tenant = tenant, Number = head.To.Count + 1, Previous = head.To.Hash, At = _clock.GetUtcNow(), Entry = entry.Bounded() };
        var bytes = AuditCodec.Encode(record);
        Run(_insert, transaction, tenant.ToString(), record.Number, bytes);
        _heads[tenant] = AuditVouching.After(tenant, head, begins) with { To = new AuditMark(record.Number, AuditCodec.HashOf(bytes)) };
        _touched.Add(tenant);
    }

    /// <summary>Removes what is older than a time from the beginning of a chain; its last record always stays.</summary>
    public long Prune(SqliteTransaction transaction, TenantId tenant, DateTimeOffset before)
    {
        var head = HeadOf(transaction, tenant);
        var from = head.From;
        if (!head.Authentic)
        {
            return 0; // What somebody did to it stays for everybody to see.
        }

        foreach (var bytes in AuditReading.Records(_writer, transaction, tenant, from.Count + 1, int.MaxValue))
        {
            if (AuditCodec.TryDecode(bytes) is not { } record || record.At >= before || record.Number == head.To.Count)
            {
                break; // What is damaged stays for everybody to see.
            }

            from = new AuditMark(record.Number, AuditCodec.HashOf(bytes));
        }

        if (from == head.From)
        {
            return 0;
        }

        using var delete = _writer.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = "DELETE FROM audit WHERE tenant = $tenant AND number <= $number";
        delete.Parameters.AddWithValue("$tenant", tenant.ToString());
        delete.Parameters.AddWithValue("$number", from.Count);
        _ = delete.ExecuteNonQuery();
        _heads[tenant] = head with { From = from };
        _touched.Add(tenant);
        Append(transaction, tenant, AuditVouching.Pruned(from, head.From), start: true);
        return from.Count - head.From.Count;
    }

    /// <summary>Writes the ends of the chains that have grown; the last step before a transaction is committed.</summary>
    public void Seal(SqliteTransaction transaction)
    {
        foreach (var tenant in _touched)
        {
            var head = _heads[tenant];
            Run(
                _head, transaction, tenant.ToString(), head.From.Count, head.From.Hash.ToArray(), head.To.Count, head.To.Hash.ToArray(), AuditVouching.CodeOf(_key, tenant, head));
        }
    }

    /// <summary>Takes what was written for true.</summary>
    public void Committed()
    {
        foreach (var key in _fresh)
        {
            _recorded.Add(key);
        }

        _fresh.Clear();
        _touched.Clear();
    }

    /// <summary>Forgets what was written and is not there.</summary>
    public void RolledBack()
    {
        foreach (var tenant in _touched)
        {
            _heads.Remove(tenant);
        }

        _fresh.Clear();
        _touched.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _head.Dispose();
    }

    private AuditHead HeadOf(SqliteTransaction transaction, TenantId tenant)
    {
        if (!_heads.TryGetValue(tenant, out var head))
        {
            head = AuditReading.Head(_writer, transaction, tenant, _key);
            _heads[tenant] = head;
        }

        return head;
    }

    private SqliteCommand Prepare(string text, params string[] names)
    {
        var command = _writer.CreateCommand();
        command.CommandText = text;
        foreach (var name in names)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        _ = command.ExecuteNonQuery();
    }
}
