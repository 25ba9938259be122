using System.Diagnostics;

namespace W0rktree.Cli.Tests;

/// <summary>Runs the real program in a directory that is removed under it.</summary>
public sealed class GoneDirectoryTests
{
    [Fact]
    public async Task A_directory_that_is_gone_is_named_with_a_next_step()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // A directory that a process is in cannot be removed there.
        }

        using var line = new CommandLine();
        var start = new ProcessStartInfo("sh", ["-c", "mkdir gone && cd gone && rmdir ../gone && exec wt status"]) { UseShellExecute = false, RedirectStandardError = true, WorkingDirectory = line.Folder };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        start.Environment["HOME"] = line.Folder;
        start.Environment["XDG_RUNTIME_DIR"] = line.Folder;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("The directory that you are in is gone", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", error, StringComparison.Ordinal);
        Assert.InRange(process.ExitCode, 1, 9);
    }
}
