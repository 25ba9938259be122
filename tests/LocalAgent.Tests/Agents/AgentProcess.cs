using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>A user of their own with a real agent process: home, runtime folder and a work folder that go away with the test.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-agent-").FullName;
    private readonly Dictionary<string, string> _environment;
    private Process? _process;

    public AgentProcess(params (string Name, string Value)[] settings)
    {
        Work = Path.Combine(_folder, "work");
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Path.Combine(_folder, "run"));
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = Path.Combine(_folder, "home"),
            ["XDG_RUNTIME_DIR"] = Path.Combine(_folder, "run"),
            ["DOTNET_TieredPGO"] = "0", // An agent of a test lives for a second: what it would learn about itself it never uses.
        };
        foreach (var (name, value) in settings)
        {
            _environment[name] = value;
        }

        Directory.CreateDirectory(_environment["HOME"]);
        Socket = Endpoint.SocketPath(_environment, 0);
        Data = Endpoint.DataFolder(_environment);
        UserConfig = Path.Combine(Endpoint.ConfigFolder(_environment), "config.toml");
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "worktree-worker");

    public string Work { get; }

    public string Socket { get; }

    public string Data { get; }

    public string UserConfig { get; }

    public int Pid => _process!.Id;

    public string At(string relative) => Path.Combine(Work, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.WriteAllText(At(relative), text);
    }

    /// <summary>Starts the program with an argument, in this user's environment.</summary>
    public Process Launch(string argument) => LaunchBy(Program, argument);

    /// <summary>Starts another program in this user's environment.</summary>
    public Process LaunchBy(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("WT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name); // What the user has set is not what a test counts on.
        }

        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        start.Environment.Remove("XDG_DATA_HOME");
        start.Environment.Remove("XDG_CONFIG_HOME");
        return Process.Start(start)!;
    }

    // Another process says nothing when it begins to listen; one can only look.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Starts the agent and waits until it listens.</summary>
    public async Task StartAsync()
    {
        _process = Launch("--foreground");
        while (!await Lifecycle.IpcProbe.IsListeningAsync(Socket, CancellationToken.None))
        {
            Assert.False(_process.HasExited, $"the agent ended: {(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : "")}");
            await Task.Delay(BetweenLooks);
        }
    }

    /// <summary>Kills the agent as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the agent by its own method and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await using (var client = await ConnectAsync())
        {
            await client.CallAsync(Methods.WorkerStop, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.Nothing);
        }

        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", $"-TERM {Pid}");
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async Task<TestClient> ConnectAsync(string? cwd = null)
    {
        var client = await TestClient.OpenAsync(Socket, cwd ?? Work);
        await client.CallAsync(Methods.Hello, new HelloParams(Methods.ProtocolVersion, "test"), IpcJson.Default.HelloParams, IpcJson.Default.HelloResult);
        return client;
    }

    /// <summary>Makes the work folder a worktree.</summary>
    public async Task<WorktreeInitResult> InitAsync()
    {
        await using var client = await ConnectAsync();
        return await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(Work, null, "work"), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);
    }

    public async Task<StatusResult> StatusAsync()
    {
        await using var client = await ConnectAsync();
        return await client.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
    }

    /// <summary>Waits until a process that is nobody's child here has ended: until then it writes to its folders.</summary>
    public static async Task GoneAsync(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        for (var looks = 0; Directory.Exists(_folder); looks++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException) when (looks < 500)
            {
                await Task.Delay(BetweenLooks); // An agent that found another one running is on its way out, and writes until then.
            }
        }
    }
}

/// <summary>A client that says exactly what a test wants.</summary>
internal sealed class TestClient(NetworkStream stream, string cwd) : IAsyncDisposable
{
    private long _last;

    public NetworkStream Stream => stream;

    /// <summary>Gets the events of the last call.</summary>
    public List<JsonElement> Events { get; } = [];

    public static async Task<TestClient> OpenAsync(string socket, string cwd)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        return new TestClient(new NetworkStream(client, ownsSocket: true), cwd);
    }

    public async Task<TResult> CallAsync<TParams, TResult>(string method, TParams parameters, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType)
    {
        var reply = await AskAsync(method, JsonSerializer.SerializeToElement(parameters, parametersType));
        Assert.True(reply.Error is null, $"{method}: {reply.Error?.Code}: {reply.Error?.Message}");
        return reply.Result!.Value.Deserialize(resultType)!;
    }

    public async Task<ErrorInfo> RefusedAsync<TParams>(string method, TParams parameters, JsonTypeInfo<TParams> parametersType)
    {
        var reply = await AskAsync(method, JsonSerializer.SerializeToElement(parameters, parametersType));
        return reply.Error ?? throw new InvalidOperationException($"{method} was not refused.");
    }

    public async Task SendAsync(RequestFrame frame) =>
        await Framing.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(frame, EnvelopeJson.Default.RequestFrame), CancellationToken.None);

    public async Task<ReplyFrame?> ReadAsync() =>
        await Framing.ReadAsync(stream, CancellationToken.None) is { } bytes ? JsonSerializer.Deserialize(bytes, EnvelopeJson.Default.ReplyFrame) : null;

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<ReplyFrame> AskAsync(string method, JsonElement parameters)
    {
        Events.Clear();
        await SendAsync(new RequestFrame { Id = ++_last, Method = method, Cwd = cwd, Params = parameters });
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException($"{method}: the agent closed the connection.");
            if (frame.Event is { } happened)
            {
                Events.Add(happened);
            }
            else if (frame.Progress is null)
            {
                return frame;
            }
        }
    }
}
