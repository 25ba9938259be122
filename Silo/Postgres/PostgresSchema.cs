using Npgsql;

namespace W0rktree.Silo.Postgres;

/// <summary>Makes the tables; all of a cluster's silos may do so at the same time.</summary>
internal sealed class PostgresSchema(NpgsqlDataSource source) : IHostedService
{
    private const int Version = 1;

    // "w0rk" in ASCII: any number, the same for all silos.
    private const long MakingLock = 0x7730726b;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => MakeAsync(source, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes what is not there.</summary>
    /// <exception cref="InvalidDataException">A newer server made the tables.</exception>
    public static async Task MakeAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = connection.CreateCommand())
        {
            // Names in the order of their bytes, whatever the database's language is.
            command.CommandText = $"""
                SELECT pg_advisory_xact_lock({MakingLock});
                CREATE TABLE IF NOT EXISTS wt_format (version integer NOT NULL);
                INSERT INTO wt_format SELECT {Version} WHERE NOT EXISTS (SELECT FROM wt_format);
                CREATE TABLE IF NOT EXISTS wt_states (state text COLLATE "C" NOT NULL, grain text COLLATE "C" NOT NULL, version bigint NOT NULL, payload bytea, PRIMARY KEY (state, grain));
                CREATE TABLE IF NOT EXISTS wt_audit (tenant text COLLATE "C" NOT NULL, number bigint NOT NULL, record bytea NOT NULL, PRIMARY KEY (tenant, number));
                CREATE TABLE IF NOT EXISTS wt_audit_ends (tenant text COLLATE "C" PRIMARY KEY, pruned bigint NOT NULL, pruned_hash bytea NOT NULL, count bigint NOT NULL, hash bytea NOT NULL, code bytea NOT NULL);
                CREATE TABLE IF NOT EXISTS wt_audit_requests (request text COLLATE "C" NOT NULL, tenant text COLLATE "C" NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (request, tenant));
                DELETE FROM wt_audit_requests WHERE at < now() - interval '1 day'
                """;
            _ = await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT max(version) FROM wt_format";
            if (await command.ExecuteScalarAsync(cancellationToken) is int version and > Version)
            {
                throw new InvalidDataException($"The database has format {version}; this server knows formats up to {Version}.");
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
