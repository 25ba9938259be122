using System.Diagnostics;
using System.Text.Json;
using Grpc.Net.Client;

namespace W0rktree.Silo.Tests.Server;

/// <summary>A server in a process of its own, as it is shipped.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Channel = GrpcChannel.ForAddress(address);
    }

    public GrpcChannel Channel { get; }

    public int Pid => _process.Id;

    public static async Task<ServerProcess> StartAsync(string folder) =>
        await TryStartAsync(folder, new Dictionary<string, string>()) ?? throw new InvalidOperationException("The server ended before it was ready.");

    /// <summary>Starts it in an environment in which it may end at any time; null where it ended before it was ready.</summary>
    public static async Task<ServerProcess?> TryStartAsync(string folder, IReadOnlyDictionary<string, string> environment)
    {
        var process = Run(environment, "start", "--data", folder, "--listen", "127.0.0.1:0");

        // Read to the end, or a full pipe would stop the server.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TestServer.Patience);
        if (line is null)
        {
            await process.WaitForExitAsync().WaitAsync(TestServer.Patience);
            process.Dispose();
            return null;
        }

        using var ready = JsonDocument.Parse(line);
        Assert.True(ready.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal(process.Id, ready.RootElement.GetProperty("pid").GetInt32());
        return new ServerProcess(process, ready.RootElement.GetProperty("address").GetString()!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Run(new Dictionary<string, string>(), arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TestServer.Patience);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Ends the process without giving it a chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(TestServer.Patience);
    }

    /// <summary>Waits for a time whether it ends by itself.</summary>
    public async Task<bool> EndedAsync(TimeSpan time)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TestServer.Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static Process Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "worktree-server.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
