using W0rktree.Silo.Audit;
using W0rktree.Silo.State;

namespace W0rktree.Silo.Tests.State;

/// <summary>States in a file of SQLite.</summary>
public sealed class SqliteStatesTests : StateTableContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-state-").FullName;
    private SqliteStates _states = null!;

    private protected override IStateTable Table => _states;

    public override Task InitializeAsync()
    {
        _states = Open();
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync()
    {
        await _states.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_of_a_newer_server_is_not_touched()
    {
        await _states.DisposeAsync();
        var path = Path.Combine(_folder, "state.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=99";
            command.ExecuteNonQuery();
        }

        Assert.Contains("99", Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    protected override async Task ReopenAsync()
    {
        await _states.DisposeAsync();
        _states = Open();
    }

    private SqliteStates Open() => SqliteStates.Open(Path.Combine(_folder, "state.db"), new AuditKey(new byte[32]), TimeProvider.System);
}
