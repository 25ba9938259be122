using System.Diagnostics;
using Npgsql;

namespace W0rktree.Silo.Tests.State;

/// <summary>Runs where PostgreSQL can be started: Debian's packages, and a user that it takes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (PostgresServer.Programs is null)
        {
            Skip = "Needs PostgreSQL (apt-get install postgresql).";
        }
    }
}

/// <summary>A PostgreSQL of the tests' own, on a socket in a temporary folder; each test gets a database in it.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-pg-").FullName;
    private int _databases;

    /// <summary>Gets the folder of Debian's newest version; null where there is none.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(f => Path.Combine(f, "bin")).Where(f => File.Exists(Path.Combine(f, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault() : null;

    public async Task InitializeAsync()
    {
        if (Programs is null)
        {
            return;
        }

        // It refuses to run as root.
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres", _folder);
        }

        await RunAsPostgresAsync("initdb", "-D", Path.Combine(_folder, "data"), "-A", "trust", "-U", "wt", "--no-sync");
        await RunAsPostgresAsync("pg_ctl", "-D", Path.Combine(_folder, "data"), "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-c listen_addresses= -c unix_socket_directories={_folder} -c shared_buffers=16MB", "start");
    }

    public async Task DisposeAsync()
    {
        if (Programs is not null)
        {
            await RunAsPostgresAsync("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Makes an empty database and says how to reach it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"t{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(Address("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        _ = await command.ExecuteNonQueryAsync();
        return Address(name);
    }

    private string Address(string database) => $"Host={_folder};Username=wt;Database={database};Pooling=true;Maximum Pool Size=20";

    private static Task RunAsPostgresAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(Programs!, program), .. arguments])
        : RunAsync(Path.Combine(Programs!, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // What it leaves running keeps no pipe of ours: its output goes to a file of its own.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { UseShellExecute = false, WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
