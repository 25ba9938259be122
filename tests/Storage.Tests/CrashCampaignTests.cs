using System.Diagnostics;
using W0rktree.TestKit;

namespace W0rktree.Storage.Tests;

/// <summary>A slice of tests/campaigns/crash: operations killed and failed at some of their calls by a preload library.</summary>
public sealed class CrashCampaignTests
{
    [GccFact]
    public async Task Snapshots_killed_and_failed_at_some_of_their_calls_lose_nothing()
    {
        ProcessStartInfo start = new("bash", [Path.Combine(Repository.Root, "tests/campaigns/crash/run.sh"), "29", "snapshot"]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["WT_CRASH_BUILT"] = "1";
        using var campaign = Process.Start(start)!;
        var said = await campaign.StandardOutput.ReadToEndAsync();
        await campaign.WaitForExitAsync();
        Assert.True(campaign.ExitCode == 0, said);
        Assert.Contains(", 0 wrong", said, StringComparison.Ordinal);
    }
}

/// <summary>Runs where the preload library can be compiled and loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GccFactAttribute : FactAttribute
{
    public GccFactAttribute() => Skip = !OperatingSystem.IsLinux() ? "a preload library is loaded on Linux only"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "gcc"))) ? null!
        : "gcc is not installed: the crash campaign cannot be compiled";
}
