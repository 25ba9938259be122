using System.Text.Json;
using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Commands;

/// <summary>Verifies the audit of every tenant in a data folder, with or without a server running on it. One line of JSON for each chain.</summary>
internal static class AuditVerifyCommand
{
    /// <summary>Verifies; 0 where every chain holds, 1 where one does not.</summary>
    public static async Task<int> RunAsync(ServerSettings settings, TextWriter output)
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

        // One transaction: a server that writes meanwhile must not look like a chain that breaks.
        await using var transaction = connection.BeginTransaction(deferred: true);
        var code = 0;
        foreach (var tenant in AuditReading.Tenants(connection, transaction))
        {
            var (mark, problem) = Verify(connection, transaction, tenant, key);
            await output.WriteLineAsync(JsonSerializer.Serialize(new { Tenant = tenant.ToString(), Ok = problem is null, Mark = mark.ToString(), Problem = problem }, JsonSerializerOptions.Web));
            code = problem is null ? code : 1;
        }

        return code;
    }

    private static (AuditMark Mark, string? Problem) Verify(SqliteConnection connection, SqliteTransaction transaction, TenantId tenant, AuditKey key)
    {
        var head = AuditReading.Head(connection, transaction, tenant, key);
        var chain = new AuditChain(tenant, head.From);
        foreach (var record in AuditReading.Records(connection, transaction, tenant, 0, int.MaxValue))
        {
            if (chain.Follow(record) is { } broken)
            {
                return (chain.Mark, broken);
            }
        }

        return (chain.Mark, chain.End(head.To) ?? (head.Authentic ? null : "The server's key does not vouch for the ends of the chain."));
    }
}
