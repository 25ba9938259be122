using System.Diagnostics;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>Runs where the shim of the crash campaign can be compiled: Linux with gcc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShimFactAttribute : FactAttribute
{
    public ShimFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !new[] { "/usr/bin/gcc", "/usr/local/bin/gcc" }.Any(File.Exists))
        {
            Skip = "Needs Linux and gcc (apt-get install gcc), to cut a server off at a file-system call.";
        }
    }
}

/// <summary>Kills a process before its n-th file-system call below a folder: tests/campaigns/crash/shim.c.</summary>
internal sealed class CrashShim(string library)
{
    public static async Task<CrashShim> CompileAsync(string folder)
    {
        var library = Path.Combine(folder, "shim.so");
        var source = Path.Combine(Repository.Root, "tests", "campaigns", "crash", "shim.c");
        using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-O1", "-fPIC", "-shared", "-o", library, source, "-ldl"]) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await gcc.StandardError.ReadToEndAsync();
        await gcc.WaitForExitAsync();
        Assert.True(gcc.ExitCode == 0, said);
        return new CrashShim(library);
    }

    /// <summary>Gives the environment that kills at a call; at 0 it only counts, into a file.</summary>
    public Dictionary<string, string> At(string root, int call, string? countFile = null)
    {
        var environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["WT_CRASH_ROOT"] = root, ["WT_CRASH_MODE"] = call > 0 ? "kill" : "count", ["WT_CRASH_AT"] = $"{call}" };
        if (countFile is not null)
        {
            environment["WT_CRASH_COUNT"] = countFile;
        }

        return environment;
    }
}
