using System.CommandLine;
using System.Diagnostics;
using W0rktree.Cli.Agent;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt server ARGS</c> is <c>worktree-server ARGS</c>.</summary>
internal static class ServerCommand
{
    /// <summary>Makes the entry for the help; the arguments never reach its parser.</summary>
    public static Command Create() =>
        new WtCommand("server", "Run the server's program: start, status, stop, debug", "wt server start --data ~/wt-server --listen 127.0.0.1:7420", "wt server status --data ~/wt-server") { TreatUnmatchedTokensAsErrors = false };

    /// <summary>Runs the server's program with these arguments and ends as it ends.</summary>
    public static async Task<int> RunAsync(CommandContext context, string[] arguments)
    {
        var program = context.Environment.TryGetValue("WT_SERVER_PROGRAM", out var named) && named.Length > 0
            ? named
            : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "worktree-server.exe" : "worktree-server");
        if (!File.Exists(program))
        {
            throw AgentException.Of("server_not_found", $"The server's program is not at {program}.", "Install W0rktree whole, or name the program in WT_SERVER_PROGRAM.");
        }

        // The terminal's interrupt reaches the server too; this process waits for it to end in its own way.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })
            ?? throw AgentException.Of("server_not_started", $"{program} could not be started.");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
