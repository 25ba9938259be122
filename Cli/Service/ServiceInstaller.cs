using System.ComponentModel;
using System.Diagnostics;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Commands;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Service;

/// <summary>Writes and removes the service of the user's agent.</summary>
internal sealed class ServiceInstaller(CommandContext context)
{
    /// <summary>Gives the file for this platform.</summary>
    /// <exception cref="AgentException">The platform has none.</exception>
    public ServiceFile Describe()
    {
        var home = context.Environment.TryGetValue("HOME", out var set) && set.Length > 0 ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsLinux() ? ServiceFile.Systemd(home, context.Environment, context.Agent.Program)
            : OperatingSystem.IsMacOS() ? ServiceFile.Launchd(home, context.Agent.Program, Path.Combine(Endpoint.DataFolder(context.Environment), "logs", "worker.log"), UserId.Current)
            : throw AgentException.Of("not_built", "The agent as a service is not built for this system yet.", "Commands start the agent by themselves.");
    }

    /// <summary>Writes the file and, where asked, has the service manager start it.</summary>
    public async Task<ServiceAnswer> InstallAsync(bool start, CancellationToken cancellationToken)
    {
        var file = Describe();
        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        await File.WriteAllTextAsync(file.Path, file.Text, cancellationToken);
        return start ? await AskAsync(file.Path, file.Start, cancellationToken) : new ServiceAnswer(file.Path, false, Line(file.Start));
    }

    /// <summary>Has the service manager stop it, and removes the file.</summary>
    public async Task<ServiceAnswer> UninstallAsync(CancellationToken cancellationToken)
    {
        var file = Describe();
        if (!File.Exists(file.Path))
        {
            throw AgentException.Of(ErrorCodes.NotFound, $"There is no service at {file.Path}.", "'wt worker install' makes it.");
        }

        var first = await RunAsync(file.Stop[0], cancellationToken);
        File.Delete(file.Path);
        foreach (var command in file.Stop.Skip(1))
        {
            _ = await RunAsync(command, cancellationToken);
        }

        return new ServiceAnswer(file.Path, first, first ? null : Line(file.Stop));
    }

    private static async Task<ServiceAnswer> AskAsync(string path, IReadOnlyList<string[]> commands, CancellationToken cancellationToken)
    {
        foreach (var command in commands)
        {
            if (!await RunAsync(command, cancellationToken))
            {
                return new ServiceAnswer(path, false, Line(commands));
            }
        }

        return new ServiceAnswer(path, true, null);
    }

    private static string Line(IReadOnlyList<string[]> commands) => string.Join(" && ", commands.Select(command => string.Join(' ', command)));

    private static async Task<bool> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        try
        {
            var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            _ = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // This system has no such program.
        }
    }
}
