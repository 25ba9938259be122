using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.State;

/// <summary>Keeps states in one SQLite file: one writer, which commits everything that waits in one transaction. Thread-safe.</summary>
/// <remarks>
/// WAL with synchronous=FULL: a write has reached the disk when it is acknowledged, and readers never wait for the writer. What the
/// audit records of a write is part of its transaction.
/// </remarks>
internal sealed class SqliteStates : IStateTable, IAsyncDisposable
{
    private const int SchemaVersion = 1;

    // Full, it makes writers wait: a thousand grains with a write under way each is more than a disk of one machine serves.
    private const int QueueLength = 1_024;

    private readonly Channel<IStateJob> _queue = Channel.CreateBounded<IStateJob>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly AuditTables _audit;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _put;
    private readonly Task _loop;

    private SqliteStates(SqliteConnection writer, SqliteConnection reader, AuditKey key, TimeProvider clock)
    {
        (_writer, _reader, AuditKey) = (writer, reader, key);
        _audit = new AuditTables(writer, key, clock, Recorded);
        _find = Prepare(writer, "SELECT version FROM states WHERE state = $state AND grain = $grain", "$state", "$grain");
        _put = Prepare(
            writer, "INSERT INTO states (state, grain, version, payload) VALUES ($state, $grain, $version, $payload) "
            + "ON CONFLICT (state, grain) DO UPDATE SET version = excluded.version, payload = excluded.payload",
            "$state", "$grain", "$version", "$payload");
        _loop = Task.Run(WriteAllAsync);
    }

    /// <summary>Gets which requests have their record in the audit.</summary>
    internal RecordedRequests Recorded { get; } = new();

    /// <summary>Gets the key that vouches for the audit.</summary>
    internal AuditKey AuditKey { get; }

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">Vouches for the audit in it.</param>
    /// <param name="clock">Dates the audit's records.</param>
    /// <exception cref="InvalidDataException">A newer server made the file.</exception>
    public static SqliteStates Open(string path, AuditKey key, TimeProvider clock)
    {
        SqliteLibrary.Prepare();
        var writer = Connect(path);
        Execute(writer, "PRAGMA journal_mode=WAL");
        Execute(writer, "PRAGMA synchronous=FULL");
        using (var command = writer.CreateCommand())
        {
            command.CommandText = "PRAGMA user_version";
            if (command.ExecuteScalar() is long version and > SchemaVersion)
            {
                throw new InvalidDataException($"'{path}' has format {version}; this server knows formats up to {SchemaVersion}.");
            }
        }

        Execute(writer, "CREATE TABLE IF NOT EXISTS states (state TEXT NOT NULL, grain TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB, PRIMARY KEY (state, grain)) WITHOUT ROWID");
        Execute(writer, $"PRAGMA user_version={SchemaVersion}");
        return new SqliteStates(writer, Connect(path), key, clock);
    }

    /// <summary>Reads what is stored; null where nothing ever was.</summary>
    public Task<StateRow?> ReadAsync(StateKey key, CancellationToken cancellationToken) => ReadAsync(reader => Read(reader, key), cancellationToken);

    /// <summary>Reads whatever is asked for, one reader at a time.</summary>
    internal async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return read(_reader);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Writes if the expected version is stored; answers once that is durable.</summary>
    public async Task<StateWritten> WriteAsync(StateWrite write, CancellationToken cancellationToken)
    {
        await _queue.Writer.WriteAsync(write, cancellationToken);
        return await write.Done;
    }

    /// <summary>Does work on the audit; answers once that is durable.</summary>
    internal async Task<T> RunAsync<T>(AuditWork<T> work, CancellationToken cancellationToken)
    {
        await _queue.Writer.WriteAsync(work, cancellationToken);
        return await work.Done;
    }

    /// <summary>Writes what waits, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_queue.Writer.TryComplete())
        {
            await _loop;
            _audit.Dispose();
            await _find.DisposeAsync();
            await _put.DisposeAsync();
            await _writer.DisposeAsync();
            await _reader.DisposeAsync();
            _reading.Dispose();
        }
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<IStateJob>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < QueueLength && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            Commit(batch);
        }
    }

    private void Commit(List<IStateJob> batch)
    {
        try
        {
            using var transaction = _writer.BeginTransaction();
            batch.ForEach(job => job.Apply(this, transaction, _audit));
            _audit.Seal(transaction);
            transaction.Commit();
            _audit.Committed();
        }
        catch (Exception e)
        {
            // The loop goes on: each grain learns of it, and the next write may find the disk well again.
            _audit.RolledBack();
            batch.ForEach(job => job.Fail(new IOException("The state could not be written.", e)));
            return;
        }

        batch.ForEach(static job => job.Succeed());
    }

    /// <summary>Writes a state inside the writer's transaction.</summary>
    internal StateWritten Apply(SqliteTransaction transaction, StateWrite write)
    {
        (_find.Transaction, _put.Transaction) = (transaction, transaction);
        (_find.Parameters[0].Value, _find.Parameters[1].Value) = (write.Key.State, write.Key.Grain);
        var version = _find.ExecuteScalar() as long? ?? 0;
        if (version != write.Expected)
        {
            return new StateWritten(false, version);
        }

        (_put.Parameters[0].Value, _put.Parameters[1].Value) = (write.Key.State, write.Key.Grain);
        (_put.Parameters[2].Value, _put.Parameters[3].Value) = (version + 1, (object?)write.Payload ?? DBNull.Value);
        _ = _put.ExecuteNonQuery();
        return new StateWritten(true, version + 1);
    }

    private static StateRow? Read(SqliteConnection connection, StateKey key)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, payload FROM states WHERE state = $state AND grain = $grain";
        command.Parameters.AddWithValue("$state", key.State);
        command.Parameters.AddWithValue("$grain", key.Grain);
        using var row = command.ExecuteReader();
        return row.Read() ? new StateRow(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)) : null;
    }

    private static SqliteConnection Connect(string path)
    {
        // No pool: the file must be free the moment the server has stopped.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string text, params string[] names)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in names)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        _ = command.ExecuteNonQuery();
    }
}
