using System.Diagnostics;
using System.Text.Json;

namespace W0rktree.Cli.Demo;

/// <summary>The server of the demo: a process of its own, with its data in one folder and a port that stays the same.</summary>
internal sealed class DemoServer(DemoSettings settings, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.Combine(settings.Folder, "server");
    private Process? _process;
    private string _listen = "127.0.0.1:0";

    /// <summary>Gets the address once it has started.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Gets the process's id while it runs.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Starts the server and waits until it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_data);
        var environment = settings.EnvironmentFor(_data, _data);
        var start = Child.Prepare(settings.ServerProgram, environment, _data, ["start", "--data", _data, "--listen", _listen]);
        _process = Process.Start(start) ?? throw new DemoException("The server could not be started.");
        _process.StandardInput.Close();

        // Both pipes are read to their end, so that the server never waits for us to read.
        var log = Path.Combine(settings.Folder, "server.log");
        _ = DrainAsync(_process.StandardError, log);
        var ready = ReadReadyAsync(_process.StandardOutput, log);
        var address = await ready.WaitAsync(StartTimeout, clock, cancellationToken);
        Url = address;
        _listen = new Uri(address).Authority;
    }

    /// <summary>Asks the server to stop and waits until it is gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is { HasExited: false } running)
        {
            var stop = Child.Prepare(settings.ServerProgram, settings.EnvironmentFor(_data, _data), _data, ["stop", "--data", _data]);
            _ = await Child.RunAsync(stop, null, cancellationToken);
            await running.WaitForExitAsync(cancellationToken);
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Ends the server if the story did not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    private static async Task<string> ReadReadyAsync(StreamReader output, string log)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (Address(line) is { } address)
            {
                _ = DrainAsync(output, log);
                return address;
            }
        }

        throw new DemoException($"The server ended before it was ready; {log} says why.");
    }

    /// <summary>Finds the address in the server's ready line, which is JSON or text with a URL in it.</summary>
    private static string? Address(string line)
    {
        if (line.StartsWith('{'))
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("address", out var address) ? address.GetString() : null;
        }

        var at = line.IndexOf("http://", StringComparison.Ordinal);
        return at < 0 ? null : line[at..].Split(' ')[0].TrimEnd('/', '.');
    }

    private static async Task DrainAsync(StreamReader reader, string log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            await File.AppendAllTextAsync(log, line + "\n");
        }
    }
}
