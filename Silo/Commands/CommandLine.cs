using System.Net;
using W0rktree.Core;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;

namespace W0rktree.Silo.Commands;

/// <summary>Reads the command line of <c>worktree-server</c>.</summary>
internal static class CommandLine
{
    private const string Usage = """
        usage: worktree-server start  [--data DIR] [--listen HOST:PORT]
                                     [--tls-cert FILE [--tls-key FILE]]
               worktree-server status [--data DIR]
               worktree-server stop   [--data DIR]
               worktree-server audit verify [--data DIR]
               worktree-server debug access
        """;

    private static readonly IPEndPoint DefaultListen = new(IPAddress.Loopback, 7420);

    /// <summary>Runs a command and gives the exit code: 0 done, 1 failed, 2 not understood, 3 not running.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help" or "-h" or "help"])
        {
            Console.WriteLine(Usage);
            return 0;
        }

        if (args is ["debug", "access"])
        {
            return await DebugAccessCommand.RunAsync(Console.In, Console.Out);
        }

        if (args is ["audit", "verify", .. var where])
        {
            args = ["verify", .. where];
        }

        if (!Read(args).TryGet(out var settings, out var error))
        {
            await Console.Error.WriteLineAsync($"{error.Message}\n{Usage}");
            return 2;
        }

        return args[0] switch
        {
            "start" => await StartCommand.RunAsync(settings),
            "status" => StatusCommand.Run(settings),
            "verify" => await AuditVerifyCommand.RunAsync(settings, Console.Out),
            _ => await StopCommand.RunAsync(settings),
        };
    }

    private static Result<ServerSettings> Read(string[] args)
    {
        if (args is not ["start" or "status" or "stop" or "verify", .. var rest])
        {
            return new Error("usage", args.Length == 0 ? "A command is missing." : $"'{args[0]}' is not a command.");
        }

        var settings = new ServerSettings { DataFolder = DefaultFolder(), Listen = DefaultListen };
        for (var i = 0; i < rest.Length; i += 2)
        {
            switch (rest[i])
            {
                case "--data" when i + 1 < rest.Length:
                    settings = settings with { DataFolder = Path.GetFullPath(rest[i + 1]) };
                    break;
                case "--listen" when i + 1 < rest.Length && args[0] == "start" && IPEndPoint.TryParse(rest[i + 1], out var listen):
                    settings = settings with { Listen = listen };
                    break;
                case "--tls-cert" when i + 1 < rest.Length && args[0] == "start":
                    settings = settings with { Tls = new TlsSettings(Path.GetFullPath(rest[i + 1]), settings.Tls?.KeyFile, null) };
                    break;
                case "--tls-key" when i + 1 < rest.Length && args[0] == "start":
                    settings = settings with { Tls = new TlsSettings(settings.Tls?.CertificateFile ?? "", Path.GetFullPath(rest[i + 1]), null) };
                    break;
                default:
                    return new Error("usage", $"'{rest[i]}' is not an option of '{args[0]}', or its value is missing or wrong.");
            }
        }

        return settings.Tls is { CertificateFile: "" } ? new Error("usage", "'--tls-key' needs '--tls-cert'.") : settings;
    }

    private static string DefaultFolder()
    {
        var home = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        var data = string.IsNullOrEmpty(home) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share") : home;
        return Path.Combine(data, "w0rktree-server");
    }
}
