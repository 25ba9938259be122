using Npgsql;
using Orleans.Runtime;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Postgres;
using W0rktree.Silo.State;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.State;

/// <summary>States in PostgreSQL, and the audit in the same transactions, also of two silos at once.</summary>
public sealed class PostgresStatesTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TenantId Tenant = new(7);

    [PostgresFact]
    public async Task It_does_what_a_table_of_states_does()
    {
        foreach (var test in typeof(StateTableContract).GetMethods().Where(m => m.GetCustomAttributes(typeof(FactAttribute), inherit: false).Length > 0))
        {
            await using var silo = await SiloAsync(await server.CreateDatabaseAsync());
            var contract = new Contract(silo);
            await (Task)test.Invoke(contract, null)!;
        }
    }

    [PostgresFact]
    public async Task A_change_and_its_record_are_stored_together_or_not_at_all()
    {
        await using var silo = await SiloAsync(await server.CreateDatabaseAsync());
        Assert.Equal(new StateWritten(true, 1), await silo.WriteAsync("1", 0, Draft("r1") with { Begins = true }));
        Assert.Equal(new StateWritten(true, 1), await silo.WriteAsync("2", 0, Draft("r1"))); // A second write of the same request adds none.
        Assert.Equal(new StateWritten(false, 1), await silo.WriteAsync("1", 5, Draft("r2"))); // One that lost the race neither.
        Assert.Equal(1, await silo.VerifyAsync(Tenant));

        // Where the record cannot be written the change is not either.
        await silo.ExecuteAsync("ALTER TABLE wt_audit ADD CONSTRAINT full_disk CHECK (number < 2)");
        await Assert.ThrowsAsync<IOException>(() => silo.WriteAsync("3", 0, Draft("r3")));
        Assert.Null(await silo.States.ReadAsync(new StateKey("branch", "3"), default));
        await silo.ExecuteAsync("ALTER TABLE wt_audit DROP CONSTRAINT full_disk");
        Assert.True((await silo.WriteAsync("3", 0, Draft("r3"))).Written);
        Assert.Equal(2, await silo.VerifyAsync(Tenant));
    }

    [PostgresFact]
    public async Task Two_silos_that_write_at_once_make_one_chain_with_a_record_for_each_request()
    {
        const int Requests = 200;
        var database = await server.CreateDatabaseAsync();
        await using var one = await SiloAsync(database);
        await using var other = await SiloAsync(database);
        _ = await one.WriteAsync("begin", 0, Draft("begin") with { Begins = true });
        var ends = await Task.WhenAll(Enumerable.Range(0, Requests).SelectMany(i => new[] { one, other }.Select(async silo =>
        {
            // Each request writes through both, and adds to the server's chain through neither at the same time as to the tenant's.
            var own = await silo.WriteAsync($"{i} of {(silo == one ? 1 : 2)}", 0, Draft($"r{i}"));
            var shared = await silo.WriteAsync($"{i}", 0, Draft($"r{i}"), Draft($"s{i}") with { Chain = default });
            return (own.Written, shared.Written);
        })));
        Assert.All(ends, e => Assert.True(e.Item1));
        Assert.Equal(Requests, ends.Count(e => e.Item2));
        Assert.Equal(Requests + 1, await one.VerifyAsync(Tenant));
        Assert.Equal(Requests, await other.VerifyAsync(default));
    }

    [PostgresFact]
    public async Task What_was_done_to_a_chain_behind_the_servers_back_is_found_and_never_vouched_for_again()
    {
        await using var silo = await SiloAsync(await server.CreateDatabaseAsync());
        _ = await silo.WriteAsync("begin", 0, Draft("begin") with { Begins = true });
        for (var i = 0; i < 5; i++)
        {
            await silo.Log.AppendAsync(Tenant, Entry($"e{i}"), default);
        }

        Assert.Equal(6, await silo.VerifyAsync(Tenant));
        foreach (var harm in new[] { "UPDATE wt_audit SET record = record || 'x' WHERE number = 3", "DELETE FROM wt_audit WHERE number = 3", "UPDATE wt_audit SET number = -3 WHERE number = 3" })
        {
            await silo.ExecuteAsync($"CREATE TABLE kept AS SELECT * FROM wt_audit; {harm}");
            Assert.Null(await silo.VerifyAsync(Tenant));
            await silo.ExecuteAsync("DELETE FROM wt_audit; INSERT INTO wt_audit SELECT * FROM kept; DROP TABLE kept");
        }

        await silo.ExecuteAsync("DELETE FROM wt_audit WHERE number > 4; UPDATE wt_audit_ends SET count = 4, hash = $1", AuditCodec.HashOf((await silo.Log.ReadAsync(Tenant, 4, 1, default))[0].AsSpan()).ToArray());
        await silo.Log.AppendAsync(Tenant, Entry("after"), default);
        Assert.False((await silo.Log.HeadAsync(Tenant, default)).Authentic);
    }

    [PostgresFact]
    public async Task A_pruned_beginning_becomes_a_checkpoint_and_what_remains_verifies()
    {
        await using var silo = await SiloAsync(await server.CreateDatabaseAsync());
        _ = await silo.WriteAsync("begin", 0, Draft("begin") with { Begins = true });
        await silo.Log.AppendAsync(Tenant, Entry("e"), default);
        Assert.Equal(1, await silo.Log.PruneAsync(TimeProvider.System.GetUtcNow().AddDays(1), default));
        Assert.Equal(1, (await silo.Log.HeadAsync(Tenant, default)).From.Count);
        Assert.Equal(2, await silo.VerifyAsync(Tenant));
    }

    [PostgresFact]
    public async Task Tables_of_a_newer_server_are_not_touched()
    {
        await using var silo = await SiloAsync(await server.CreateDatabaseAsync());
        await silo.ExecuteAsync("UPDATE wt_format SET version = 99");
        Assert.Contains("99", (await Assert.ThrowsAsync<InvalidDataException>(() => PostgresSchema.MakeAsync(silo.Source, default))).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_server_on_it_keeps_what_it_acknowledged_when_it_is_killed_and_its_audit_verifies()
    {
        var folder = Directory.CreateTempSubdirectory("wt-process-").FullName;
        var secret = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        var environment = new Dictionary<string, string>
        {
            ["Cluster__ConnectionString"] = await server.CreateDatabaseAsync(), ["Cluster__TicketKey"] = secret, ["Cluster__AuditKey"] = secret, ["Cluster__SingleSilo"] = "true",
        };
        try
        {
            Person ann;
            using (var first = await ServerProcess.TryStartAsync(folder, environment))
            {
                ann = await Person.RegisterAsync(first!.Channel);
                _ = await ann.CreateWorktreeAsync("site");
                await first.KillAsync();
            }

            Assert.False(File.Exists(Path.Combine(folder, "state.db")));
            using var again = await ServerProcess.TryStartAsync(folder, environment);
            ann = ann.On(again!.Channel);
            Assert.Equal("site", Assert.Single((await ann.Worktrees.ListWorktreesAsync(new ListWorktreesRequest { Owner = ann.Slug }, ann.Head)).Worktrees).Name);
            var (code, output, _) = await ServerProcess.RunInAsync(environment, "audit", "verify", "--data", folder);
            Assert.True(code == 0 && output.Contains($"\"tenant\":\"{ann.Account.TenantId}\",\"ok\":true", StringComparison.Ordinal), output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AuditDraft Draft(string request) => new() { Chain = Tenant, Kind = PrincipalKind.Account, Actor = "a", Request = request, Action = "sync.push" };

    private static AuditEntry Entry(string request) => new() { Kind = AuditKind.Refusal, ActorKind = AuditActor.Account, Actor = "a", Request = request, Action = "sync.push", Outcome = "denied" };

    private static async Task<DatabaseSilo> SiloAsync(string database)
    {
        var source = NpgsqlDataSource.Create(database);
        await PostgresSchema.MakeAsync(source, default);
        return new DatabaseSilo(source);
    }

    /// <summary>Is what one silo has of the database.</summary>
    private sealed class DatabaseSilo : IAsyncDisposable
    {
        private readonly AuditKey _key = new(new byte[32]);

        public DatabaseSilo(NpgsqlDataSource source)
        {
            var audit = new PostgresAudit(_key, TimeProvider.System);
            (Source, States, Log) = (source, new PostgresStates(source, audit), new PostgresAuditLog(source, audit, _key));
        }

        public NpgsqlDataSource Source { get; }

        public PostgresStates States { get; }

        public PostgresAuditLog Log { get; }

        public Task<StateWritten> WriteAsync(string grain, long expected, params AuditDraft[] drafts) =>
            States.WriteAsync(new StateWrite(new StateKey("branch", grain), expected, "{}"u8.ToArray(), [.. drafts]), default);

        public async Task ExecuteAsync(string sql, params object[] values)
        {
            await using var connection = await Source.OpenConnectionAsync();
            foreach (var part in values.Length > 0 ? sql.Split(';') : [sql])
            {
                await using var command = connection.CreateCommand();
                command.CommandText = part;
                PostgresStates.Add(command, part.Contains("$1", StringComparison.Ordinal) ? values : []);
                _ = await command.ExecuteNonQueryAsync();
            }
        }

        /// <summary>Follows a whole chain; gives how many records it has, null where it does not hold.</summary>
        public async Task<long?> VerifyAsync(TenantId tenant)
        {
            var head = await Log.HeadAsync(tenant, default);
            var chain = new AuditChain(tenant, head.From);
            var records = await Log.ReadAsync(tenant, 0, int.MaxValue, default);
            return records.All(r => chain.Follow(r.AsSpan()) is null) && chain.End(head.To) is null && head.Authentic ? records.Length : null;
        }

        public ValueTask DisposeAsync() => Source.DisposeAsync();
    }

    private sealed class Contract(DatabaseSilo silo) : StateTableContract
    {
        private protected override IStateTable Table => silo.States;

        public override Task InitializeAsync() => Task.CompletedTask;

        public override Task DisposeAsync() => Task.CompletedTask;

        protected override Task ReopenAsync()
        {
            NpgsqlConnection.ClearAllPools();
            return Task.CompletedTask;
        }
    }
}
