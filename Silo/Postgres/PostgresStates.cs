using Npgsql;
using W0rktree.Silo.Audit;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Postgres;

/// <summary>Keeps states in PostgreSQL, each write in one transaction with what the audit records of it. Thread-safe.</summary>
/// <remarks>A write takes its locks in one order, state, requests, ends of chains, each by name, so that two silos never wait for each other.</remarks>
internal sealed class PostgresStates(NpgsqlDataSource source, PostgresAudit audit) : IStateTable
{
    /// <inheritdoc/>
    public async Task<StateRow?> ReadAsync(StateKey key, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT version, payload FROM wt_states WHERE state = $1 AND grain = $2");
        Add(command, key.State, key.Grain);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new StateRow(row.GetInt64(0), await row.IsDBNullAsync(1, cancellationToken) ? null : await row.GetFieldValueAsync<byte[]>(1, cancellationToken))
            : null;
    }

    /// <inheritdoc/>
    public async Task<StateWritten> WriteAsync(StateWrite write, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await PutAsync(connection, write, cancellationToken))
            {
                var recorded = await audit.ChangeAsync(connection, write.Drafts, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                audit.Note(recorded);
                return new StateWritten(true, write.Expected + 1);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new IOException("The state could not be written.", e);
        }

        return new StateWritten(false, (await ReadAsync(write.Key, cancellationToken))?.Version ?? 0);
    }

    private static async Task<bool> PutAsync(NpgsqlConnection connection, StateWrite write, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = write.Expected == 0
            ? "INSERT INTO wt_states (state, grain, version, payload) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING"
            : "UPDATE wt_states SET version = version + 1, payload = $3 WHERE state = $1 AND grain = $2 AND version = $4";
        Add(command, write.Key.State, write.Key.Grain);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)write.Payload ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
        if (write.Expected > 0)
        {
            Add(command, write.Expected);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Adds parameters by position.</summary>
    internal static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
