using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Tests.Server;
using Xunit.Abstractions;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>
/// A server that is killed at every file-system call of a decision leaves no effect without its record, and answers nothing before the
/// record is there. Here some of the points; all of them: tests/campaigns/audit-kill/run.sh.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-kill-").FullName;

    private static int Every => Setting("WT_AUDIT_KILL_EVERY", 15);

    /// <summary>Gets which kinds of requests are tried: the first of the list, or those from one on.</summary>
    private static IEnumerable<KillOperation> Operations => KillScene.Operations.Skip(Setting("WT_AUDIT_KILL_SKIP", 0)).Take(Setting("WT_AUDIT_KILL_OPERATIONS", 1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ShimFact]
    public async Task No_effect_is_there_without_its_record_wherever_the_server_is_killed()
    {
        var shim = await CrashShim.CompileAsync(_folder);
        var scene = await KillScene.MakeAsync(Path.Combine(_folder, "template"));

        // Where not every point is tried, what comes before the server is ready is guessed from the whole of a run without a request.
        var ready = Every == 1 ? await LastCallBeforeReadyAsync(shim, scene) : await CallsAsync(shim, scene, null) - 12;
        var (kills, acknowledged, effects) = (0, 0, 0);
        foreach (var operation in Operations)
        {
            var (end, before) = (await CallsAsync(shim, scene, operation), kills);
            for (var call = ready + 1; call <= end; call += Every)
            {
                var (answered, killed) = await RunAsync(shim, scene, operation, call);
                var (effect, problem) = Judge(scene, operation, answered);
                Assert.True(problem is null, $"{operation.Action} killed at call {call}: {problem}");
                (kills, acknowledged, effects) = (kills + (killed ? 1 : 0), acknowledged + (answered ? 1 : 0), effects + (effect ? 1 : 0));
            }

            output.WriteLine($"{operation.Action}: {kills - before} kills at calls {ready + 1} to {end}");
        }

        output.WriteLine($"{kills} kills, {acknowledged} answers before the kill, {effects} effects, none without its record");
        Assert.True(kills > 0, "The server was never killed.");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string Work => Path.Combine(_folder, "work");

    /// <summary>Runs one operation on a copy of the scene with the server killed at a call; says whether the answer came first.</summary>
    private async Task<(bool Answered, bool Killed)> RunAsync(CrashShim shim, KillScene scene, KillOperation operation, int call)
    {
        Renew(scene);
        using var server = await ServerProcess.TryStartAsync(Work, shim.At(Work, call));
        if (server is null)
        {
            return (false, true);
        }

        var answered = await operation.TryAsync(scene.On(server.Channel));
        var killed = await server.EndedAsync(answered ? TimeSpan.FromMilliseconds(50) : TestServer.Patience);
        if (!killed)
        {
            await server.KillAsync();
        }

        return (answered, killed);
    }

    private (bool Effect, string? Problem) Judge(KillScene scene, KillOperation operation, bool answered)
    {
        using var connection = Open(Work);
        var (before, after) = (States(scene.Folder), States(Work));
        var changed = after.Where(row => !before.TryGetValue(row.Key, out var old) || old != row.Value).Select(row => row.Key).ToList();
        var uploaded = operation.Uploads is { } tip && Directory.EnumerateFiles(Path.Combine(Work, "vault"), "*", SearchOption.AllDirectories)
            .Where(f => f.Contains($"{Path.DirectorySeparatorChar}objects{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(tip(scene).Hash.ToArray()) >= 0);
        var key = AuditKeyFile.Load(Path.Combine(Work, "audit.key"));
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

    /// <summary>Finds by halving the last call at which a killed server does not get ready.</summary>
    private async Task<int> LastCallBeforeReadyAsync(CrashShim shim, KillScene scene)
    {
        var (low, high) = (0, await CallsAsync(shim, scene, null));
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            Renew(scene);
            using var server = await ServerProcess.TryStartAsync(Work, shim.At(Work, middle));
            if (server is null)
            {
                low = middle;
            }
            else
            {
                high = middle;
                await server.KillAsync();
            }
        }

        return low;
    }

    /// <summary>Counts the calls of a whole run, with an operation in the middle.</summary>
    private async Task<int> CallsAsync(CrashShim shim, KillScene scene, KillOperation? operation)
    {
        Renew(scene);
        var count = Path.Combine(_folder, "count");
        using var server = await ServerProcess.TryStartAsync(Work, shim.At(Work, 0, count));
        Assert.NotNull(server);
        Assert.True(operation is null || await operation.TryAsync(scene.On(server.Channel)));
        await ServerProcess.RunAsync("stop", "--data", Work);
        await server.EndAsync();
        return int.Parse((await File.ReadAllTextAsync(count)).Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private void Renew(KillScene scene)
    {
        if (Directory.Exists(Work))
        {
            Directory.Delete(Work, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(scene.Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Work, Path.GetRelativePath(scene.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
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
