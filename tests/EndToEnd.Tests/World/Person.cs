using System.Diagnostics;
using System.Text.Json;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Somebody with a HOME, a runtime directory and an agent of their own, who types <c>wt</c>.</summary>
internal sealed class Person : IAsyncDisposable
{
    public Person(string folder, string name)
    {
        Name = name;
        Home = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var run = Directory.CreateDirectory(Path.Combine(Home, "run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Work = Path.Combine(Home, "w");
        Environment = Programs.Environment();
        Environment["HOME"] = Home;
        Environment["XDG_RUNTIME_DIR"] = run.FullName;
        Environment["WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S"] = "1";

        // A server that is back is noticed within a second, not within the minutes that spare a server in earnest.
        Environment["WT_WORKER_SYNC_INTERVAL_ACTIVE_S"] = "1";
        Environment["WT_WORKER_SYNC_RETRY_BACKOFF_BASE_S"] = "1";
        Environment["WT_WORKER_SYNC_RETRY_BACKOFF_MAX_S"] = "1";
    }

    public string Name { get; }

    public string Home { get; }

    /// <summary>Gets or sets the working copy, where commands are typed once it exists.</summary>
    public string Work { get; set; }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Gets the socket of the person's agent.</summary>
    public string Socket => Protocol.Ipc.Endpoint.SocketPath(Environment, 0);

    /// <summary>Gets or sets the server that the person works with; its log is told where it failed.</summary>
    public Server? Server { get; set; }

    /// <summary>Runs <c>wt … --json</c>, however it ends.</summary>
    public async Task<Ran> TryAsync(params string[] arguments)
    {
        var ran = await Run.ToEndAsync(Prepare([.. arguments, "--json"]));
        return ran.Output.Contains("\"internal\"", StringComparison.Ordinal) ? ran with { Error = $"{ran.Error}\n{Server?.Log}" } : ran;
    }

    /// <summary>Runs <c>wt … --json</c>, which must succeed, and gives its answer.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments) => (await TryAsync(arguments)).Expect(0).Json;

    /// <summary>Runs <c>wt …</c> as a person sees it.</summary>
    public Task<Ran> TextAsync(params string[] arguments) => Run.ToEndAsync(Prepare(arguments));

    public async Task RegisterAsync(string server) =>
        (await Run.ToEndAsync(Prepare(["login", server, "--register", "--user", Name, "--email", $"{Name}@example.org", "--password-stdin", "--json"]), $"a long password of {Name}\n")).Expect(0);

    public Task<Ran> SignInAsync(string server) =>
        Run.ToEndAsync(Prepare(["login", server, "--user", Name, "--password-stdin", "--json"]), $"a long password of {Name}\n");

    public Watch Watch() => World.Watch.Start(Prepare(["staged", "watch", "--json"]));

    public void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(Work, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Work, path));

    /// <summary>Gives the agent's process id, or null where none runs.</summary>
    public async Task<int?> AgentAsync() => await TryAsync("worker", "status") is { ExitCode: 0 } status ? status.Json.GetProperty("pid").GetInt32() : null;

    /// <summary>Ends the agent as a crash does and waits until the process is gone.</summary>
    public async Task KillAgentAsync()
    {
        using var agent = Process.GetProcessById(await AgentAsync() ?? throw new InvalidOperationException("No agent runs."));
        agent.Kill();
        await agent.WaitForExitAsync();
    }

    public ProcessStartInfo Prepare(IEnumerable<string> arguments) => Run.Prepare(Programs.Wt, arguments, Directory.Exists(Work) ? Work : Home, Environment);

    /// <summary>Ends the agent in its order, as when a laptop is closed.</summary>
    public async Task StopAgentAsync() => await AskAsync("worker", "stop");

    /// <summary>Ends the agent at once: what it would still put in order is removed with the test's folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await AgentAsync() is not { } pid)
        {
            return;
        }

        try
        {
            using var agent = Process.GetProcessById(pid);
            agent.Kill();
            await agent.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It ended by itself meanwhile.
        }
    }
}
