using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Postgres;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Commands;

/// <summary>Verifies the audit of every tenant in a data folder or a cluster's database, with or without a server running on it. One line of JSON for each chain.</summary>
internal static class AuditVerifyCommand
{
    /// <summary>Verifies what the environment and the arguments name; 0 where every chain holds, 1 where one does not.</summary>
    public static Task<int> RunAsync(ServerSettings settings, TextWriter output) =>
        ClusterSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build()) is { } cluster ? RunAsync(cluster, output) : RunAloneAsync(settings, output);

    /// <summary>Verifies a cluster's database.</summary>
    public static async Task<int> RunAsync(ClusterSettings cluster, TextWriter output)
    {
        var key = new AuditKey(cluster.AuditSecret);
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();

        // One view of it all: a server that writes meanwhile must not look like a chain that breaks.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var code = 0;
        foreach (var tenant in await PostgresAuditLog.TenantsAsync(connection, CancellationToken.None))
        {
            var head = await PostgresAuditLog.HeadAsync(connection, tenant, key, "", CancellationToken.None);
            var records = await PostgresAuditLog.RecordsAsync(connection, tenant, 0, int.MaxValue, CancellationToken.None);
            code = await TellAsync(tenant, head, records, output) ? code : 1;
        }

        return code;
    }

    private static async Task<int> RunAloneAsync(ServerSettings settings, TextWriter output)
    {
        if (!File.Exists(settings.StateFile))
        {
            await Console.Error.WriteLineAsync($"There is no server's data in '{settings.DataFolder}'.");
            return 1;
        }

        SqliteLibrary.Prepare();
        var key = AuditKeyFile.Load(settings.AuditKeyFile);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = settings.StateFile, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();

        // One view of it all, as above.
        await using var transaction = connection.BeginTransaction(deferred: true);
        var code = 0;
        foreach (var tenant in AuditReading.Tenants(connection, transaction))
        {
            var head = AuditReading.Head(connection, transaction, tenant, key);
            code = await TellAsync(tenant, head, AuditReading.Records(connection, transaction, tenant, 0, int.MaxValue), output) ? code : 1;
        }

        return code;
    }

    private static async Task<bool> TellAsync(TenantId tenant, AuditHead head, IEnumerable<byte[]> records, TextWriter output)
    {
        var chain = new AuditChain(tenant, head.From);
        var problem = head.To.Count == 0 ? "The chain is not there; each tenant has one from its making on."
            : records.Select(record => chain.Follow(record)).FirstOrDefault(broken => broken is not null)
            ?? chain.End(head.To) ?? (head.Authentic ? null : "The server's key does not vouch for the ends of the chain.");
        await output.WriteLineAsync(JsonSerializer.Serialize(new { Tenant = tenant.ToString(), Ok = problem is null, Mark = chain.Mark.ToString(), Problem = problem }, JsonSerializerOptions.Web));
        return problem is null;
    }
}
