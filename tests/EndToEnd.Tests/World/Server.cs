using System.Diagnostics;
using System.Text.Json;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>A server process with its data in one folder, on a free loopback port that it keeps over restarts.</summary>
internal sealed class Server(string folder) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly System.Text.StringBuilder _log = new();
    private Process? _process;
    private string _listen = "127.0.0.1:0";

    public string Url { get; private set; } = "";

    /// <summary>Gets what is set in the server's environment beside what every program gets.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public async Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        _process = Process.Start(Run.Prepare(Programs.Server, ["start", "--data", folder, "--listen", _listen], folder, WholeEnvironment()))!;
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Longest);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith('{'))
            {
                using var ready = JsonDocument.Parse(line);
                Url = ready.RootElement.GetProperty("address").GetString()!;
                _listen = new Uri(Url).Authority;
                return;
            }

            Note(line);
        }

        throw new Xunit.Sdk.XunitException($"The server did not start:\n{Log}");
    }

    /// <summary>Ends the server as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks the server to stop, as its operator does.</summary>
    public async Task StopAsync()
    {
        (await Run.ToEndAsync(Run.Prepare(Programs.Server, ["stop", "--data", folder], folder, WholeEnvironment()))).Expect(0);
        using var limit = new CancellationTokenSource(Longest);
        await _process!.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    private Dictionary<string, string> WholeEnvironment()
    {
        var environment = Programs.Environment();
        environment["HOME"] = folder;

        // Bursts of pulls by one token are what some of these tests are about, and more than one token may send in a minute.
        environment["Limits__RequestsPerMinute"] = "1000000";
        foreach (var (name, value) in Environment)
        {
            environment[name] = value;
        }

        return environment;
    }
}
