using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace W0rktree.RpcTests;

/// <summary>A test that needs Node and its gRPC packages; skipped with the reason where they cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeSetup.Missing;
}

/// <summary>Installs the packages once, outside the source tree.</summary>
internal static class NodeSetup
{
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(3);

    private static readonly Lazy<string?> Outcome = new(Install);

    /// <summary>Gets the reason why Node cannot be used, or null.</summary>
    public static string? Missing => Outcome.Value;

    public static string Scripts { get; } = Path.Combine(Root(), "tests", "Grpc.Tests", "node");

    /// <summary>Gets the folder of the installed packages, named by what they are.</summary>
    private static string Installed { get; } = Path.Combine(Root(), "artifacts", "grpc-node", Fingerprint());

    /// <summary>Starts a script of ours with the installed packages.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = Scripts,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(Installed, "node_modules");
        return Process.Start(start)!;
    }

    private static string? Install()
    {
        if (Run("node", Scripts, "--version") is { } noNode)
        {
            return $"node is not on the PATH: {noNode}";
        }

        if (Directory.Exists(Path.Combine(Installed, "node_modules")))
        {
            return null;
        }

        // Made beside its place and then moved, so that a run that was broken off leaves nothing that looks whole.
        var making = Installed + "." + Path.GetRandomFileName();
        Directory.CreateDirectory(making);
        try
        {
            foreach (var name in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(Scripts, name), Path.Combine(making, name));
            }

            if (Run("npm", making, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", Path.Combine(making, ".cache")) is { } failure)
            {
                return $"npm could not install @grpc/grpc-js: {failure}";
            }

            Directory.Move(making, Installed);
            return null;
        }
        catch (IOException) when (Directory.Exists(Installed))
        {
            // Another run was faster.
            return null;
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
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(InstallPatience))
            {
                process.Kill(entireProcessTree: true);
                return $"no end after {InstallPatience.TotalMinutes} minutes";
            }

            return process.ExitCode == 0 ? null : Last(errors.GetAwaiter().GetResult() + output.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }

    private static string Last(string text) => text.Length <= 300 ? text : text[^300..];

    private static string Fingerprint() =>
        Convert.ToHexStringLower(SHA256.HashData([.. File.ReadAllBytes(Path.Combine(Scripts, "package.json")), .. File.ReadAllBytes(Path.Combine(Scripts, "package-lock.json"))]))[..16];

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The source tree is not above the test assembly.");
    }
}
