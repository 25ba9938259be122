using Npgsql;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Postgres;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Hosting;

/// <summary>Chooses where states and the audit are kept: in SQLite in the server's folder, or in PostgreSQL where several silos share them.</summary>
internal static class StateServices
{
    /// <summary>Adds <see cref="IStateTable"/> and <see cref="IAuditLog"/> on one of the two.</summary>
    public static void AddStates(this IServiceCollection services, ServerSettings settings, ClusterSettings? cluster)
    {
        if (cluster is null)
        {
            services.AddSingleton(s => SqliteStates.Open(settings.StateFile, AuditKeyFile.Load(settings.AuditKeyFile), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IStateTable>(static s => s.GetRequiredService<SqliteStates>());
            services.AddSingleton<IAuditLog, SqliteAuditLog>();
            return;
        }

        services.AddSingleton(new AuditKey(cluster.AuditSecret));
        services.AddSingleton(_ => NpgsqlDataSource.Create(cluster.ConnectionString));
        services.AddSingleton<PostgresAudit>();
        services.AddSingleton<IStateTable, PostgresStates>();
        services.AddSingleton<IAuditLog, PostgresAuditLog>();

        // Before the silo, which is added after this and started in the order of adding.
        services.AddHostedService<PostgresSchema>();
    }
}
