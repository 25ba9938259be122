using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace W0rktree.TestKit;

/// <summary>Installs packages of Node once, outside of the source tree, as a lock file names them.</summary>
public static class NodePackages
{
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(3);

    /// <summary>Installs what <c>package.json</c> and <c>package-lock.json</c> of a folder name; null where it cannot be had, and then why.</summary>
    public static string? Install(string scripts, string name, out string? missing)
    {
        missing = Run("node", scripts, "--version") is { } noNode ? $"node is not on the PATH: {noNode}" : null;
        var print = SHA256.HashData([.. File.ReadAllBytes(Path.Combine(scripts, "package.json")), .. File.ReadAllBytes(Path.Combine(scripts, "package-lock.json"))]);
        var installed = Path.Combine(Repository.Root, "artifacts", name, Convert.ToHexStringLower(print)[..16]);
        if (missing is not null || Directory.Exists(Path.Combine(installed, "node_modules")))
        {
            return missing is null ? installed : null;
        }

        // Made beside its place and then moved, so that a run that was broken off leaves nothing that looks whole.
        var making = installed + "." + Path.GetRandomFileName();
        Directory.CreateDirectory(making);
        try
        {
            foreach (var file in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(scripts, file), Path.Combine(making, file));
            }

            missing = Run("npm", making, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", Path.Combine(making, ".cache")) is { } failure ? $"npm could not install {name}: {failure}" : null;
            if (missing is null)
            {
                Directory.Move(making, installed);
            }

            return missing is null ? installed : null;
        }
        catch (IOException) when (Directory.Exists(installed))
        {
            return installed; // Another run was faster.
        }
        finally
        {
            if (Directory.Exists(making))
            {
                Directory.Delete(making, recursive: true);
            }
        }
    }

    /// <summary>Runs a program; null when it succeeded, else why not.</summary>
    private static string? Run(string program, string folder, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(InstallPatience))
            {
                process.Kill(entireProcessTree: true);
                return $"no end after {InstallPatience.TotalMinutes} minutes";
            }

            var text = errors.GetAwaiter().GetResult() + output.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? null : text.Length <= 300 ? text : text[^300..];
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
