using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Hosting;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>Judges what a server left on the disk: what it changed or answered must have its record, and every chain must hold.</summary>
internal static class KillJudge
{
    /// <summary>Says whether the request had an effect, and what is wrong; null where nothing is.</summary>
    public static (bool Effect, string? Problem) Judge(KillScene scene, string folder, KillOperation operation, bool answered)
    {
        using var connection = Open(folder);
        var (before, after) = (States(scene.Folder), States(folder));
        var changed = after.Where(row => !before.TryGetValue(row.Key, out var old) || old != row.Value).Select(row => row.Key).ToList();
        var uploaded = operation.Uploads is { } tip && Directory.EnumerateFiles(Path.Combine(folder, "vault"), "*", SearchOption.AllDirectories)
            .Where(f => f.Contains($"{Path.DirectorySeparatorChar}objects{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(tip(scene).Hash.ToArray()) >= 0);
        var key = AuditKeyFile.Load(Path.Combine(folder, "audit.key"));
        var found = false;
        foreach (var tenant in AuditReading.Tenants(connection))
        {
            var head = AuditReading.Head(connection, null, tenant, key);
            var chain = new AuditChain(tenant, head.From);
            foreach (var bytes in AuditReading.Records(connection, null, tenant, 0, int.MaxValue))
            {
                if (chain.Follow(bytes) is { } broken)
                {
                    return (false, broken);
                }

                var record = AuditCodec.TryDecode(bytes)!;
                found |= record.Entry.Action == operation.Action && record.At > scene.MadeAt;
            }

            if ((chain.End(head.To) ?? (head.Authentic ? null : "not authentic")) is { } cut)
            {
                return (false, cut);
            }
        }

        var effect = changed.Count > 0 || uploaded;
        return (effect, effect && !found ? $"changed {string.Join(", ", changed)}{(uploaded ? " and the vault" : "")} without a record"
            : answered && !found ? "answered without a record"
            : answered && operation.Changes && !effect ? "answered without an effect"
            : null);
    }

    private static SqliteConnection Open(string folder)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "state.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Reads every state that decides something; not numbers of events, and not when a token was used.</summary>
    private static Dictionary<string, string> States(string folder)
    {
        using var connection = Open(folder);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, grain, payload FROM states WHERE state <> 'events'";
        using var rows = command.ExecuteReader();
        var states = new Dictionary<string, string>();
        while (rows.Read())
        {
            var json = JsonNode.Parse(rows.GetFieldValue<byte[]>(2))!.AsObject();
            json.Remove("LastUsedAt");
            states[$"{rows.GetString(0)} of {rows.GetString(1)}"] = json.ToJsonString();
        }

        return states;
    }
}
