using System.Text.Json;
using Microsoft.Data.Sqlite;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Commands;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>A data folder with an audit and no server, for tests that do to it what nobody should.</summary>
internal sealed class AuditFolder : IAsyncDisposable
{
    public static readonly TenantId Tenant = new(7);

    private readonly string _folder = Directory.CreateTempSubdirectory("wt-audit-").FullName;

    public AuditFolder() => States = Open();

    public SqliteStates States { get; private set; }

    public ShiftedTime Clock { get; } = new();

    public string StateFile => Settings.StateFile;

    private ServerSettings Settings => new() { DataFolder = _folder, Listen = new(System.Net.IPAddress.Loopback, 0) };

    public SqliteAuditLog Log => new(States);

    public async Task AppendAsync(int count, TenantId? tenant = null)
    {
        if ((await Log.HeadAsync(tenant ?? Tenant, CancellationToken.None)).To.Count == 0)
        {
            await BeginAsync(tenant ?? Tenant);
            count--;
        }

        for (var i = 0; i < count; i++)
        {
            await Log.AppendAsync(tenant ?? Tenant, Entry($"r{i}"), CancellationToken.None);
        }
    }

    /// <summary>Begins a chain as a server does, with the making of its tenant.</summary>
    public async Task BeginAsync(TenantId tenant)
    {
        var draft = new AuditDraft { Chain = tenant, Kind = PrincipalKind.Account, Actor = "a1", Request = $"begin {tenant}", Action = "identity.register", Begins = true };
        await States.WriteAsync(new StateWrite(new StateKey("tenant", $"tenant/{tenant}"), 0, "{}"u8.ToArray(), [draft]), CancellationToken.None);
    }

    public static AuditEntry Entry(string request) => new()
    {
        Kind = AuditKind.Refusal, ActorKind = AuditActor.Account, Actor = "a1", Request = request, Action = "sync.push", Outcome = "denied",
    };

    public async Task ReopenAsync()
    {
        await CloseAsync();
        States = Open();
    }

    public async Task CloseAsync() => await States.DisposeAsync();

    /// <summary>Changes the file behind the server's back.</summary>
    public void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={StateFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        _ = command.ExecuteNonQuery();
    }

    public List<byte[]> Records()
    {
        using var connection = new SqliteConnection($"Data Source={StateFile};Pooling=False");
        connection.Open();
        return [.. AuditReading.Records(connection, null, Tenant, 0, int.MaxValue)];
    }

    /// <summary>Verifies as an administrator would: null where every chain holds, else the first problem.</summary>
    public async Task<string?> VerifyAsync()
    {
        var output = new StringWriter();
        var code = await AuditVerifyCommand.RunAsync(Settings, output);
        var problems = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).Where(line => !line.GetProperty("ok").GetBoolean()).Select(line => line.GetProperty("problem").GetString()).ToList();
        Assert.Equal(problems.Count > 0 ? 1 : 0, code);
        return problems.FirstOrDefault();
    }

    public async ValueTask DisposeAsync()
    {
        await States.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private SqliteStates Open() => SqliteStates.Open(StateFile, AuditKeyFile.Load(Settings.AuditKeyFile), Clock);

    internal sealed class ShiftedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
