using System.Text;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests;

/// <summary>Tells how a command line ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);

/// <summary>Runs command lines in this process, with captured streams and an environment of their own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wt-cli-");

    public CommandLine()
    {
        Environment["HOME"] = _folder.FullName;
        Environment["XDG_RUNTIME_DIR"] = _folder.FullName;
        Environment["WT_PAGER"] = "cat";
        Environment["WT_WORKER"] = Path.Combine(_folder.FullName, "no-such-program");
    }

    public string Folder => _folder.FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets where the user stands; need not exist.</summary>
    public string Cwd { get; set; } = "/home/ada/shop";

    public bool OnTerminal { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public FakeAgent Agent(Dictionary<string, string[]> script) => FakeAgent.Start(Endpoint.SocketPath(Environment, 0), script);

    public FakeAgent Agent(string method, params string[] frames) => Agent(new Dictionary<string, string[]>(StringComparer.Ordinal) { [method] = frames });

    public async Task<Ended> RunAsync(params string[] arguments)
    {
        // Text and file content go to one stream, as they do in a process.
        using var bytes = new MemoryStream();
        await using var output = new StreamWriter(bytes, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Output = output,
            Error = error,
            RawOutput = bytes,
            OutputIsTerminal = OnTerminal,
            ErrorIsTerminal = OnTerminal,
            NoColor = Environment.TryGetValue("NO_COLOR", out var value) && value.Length > 0,
        };
        var code = await Entry.RunAsync(arguments, new CommandContext(terminal, Environment, Clock, Cwd));
        return new Ended(code, Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
