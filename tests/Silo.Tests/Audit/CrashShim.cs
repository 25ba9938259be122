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

    /// <summary>Gives the environment in which each call that writes waits at a gate.</summary>
    public Dictionary<string, string> Before(string root, StepGate gate) =>
        new() { ["LD_PRELOAD"] = library, ["WT_CRASH_ROOT"] = root, ["WT_CRASH_MODE"] = "step", ["WT_CRASH_GATE"] = gate.Path };

    /// <summary>Gives the environment that kills at a call.</summary>
    public Dictionary<string, string> At(string root, long call) =>
        new() { ["LD_PRELOAD"] = library, ["WT_CRASH_ROOT"] = root, ["WT_CRASH_MODE"] = "kill", ["WT_CRASH_AT"] = $"{call}" };
}
