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
    public static Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) => RunInAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Runs a command in an environment to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> RunInAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Run(environment, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TestServer.Patience);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a command that answers each line of its input with one of its own.</summary>
    public static async Task<string[]> AnswerAsync(IEnumerable<string> lines, params string[] arguments)
    {
        using var process = Run(new Dictionary<string, string>(), arguments);
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        foreach (var line in lines)
        {
            await process.StandardInput.WriteLineAsync(line);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TestServer.Patience);
        Assert.Equal(0, process.ExitCode);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
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
        // What was built with these tests, or one that somebody names: the native or precompiled one starts sooner.
        var host = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        var named = Environment.GetEnvironmentVariable("WT_SERVER");
        string[] program = string.IsNullOrEmpty(named) ? [host, "exec", Path.Combine(AppContext.BaseDirectory, "worktree-server.dll")] : [named];
        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
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
