using System.Diagnostics;
using W0rktree.TestKit;

namespace W0rktree.Storage.Tests;

/// <summary>A slice of tests/campaigns/crash: operations killed and failed at some of their calls by a preload library.</summary>
public sealed class CrashCampaignTests
{
    [GccTheory]
    [InlineData("snapshot", "29")]
    [InlineData("switch", "97")]
    public async Task Work_killed_and_failed_at_some_of_its_calls_loses_nothing(string operation, string every)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(Repository.Root, "tests/campaigns/crash/run.sh"), every, operation]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["WT_CRASH_MANAGED"] = "1";
        using var campaign = Process.Start(start)!;
        var said = await campaign.StandardOutput.ReadToEndAsync();
        await campaign.WaitForExitAsync();
        Assert.True(campaign.ExitCode == 0, said);
        Assert.Contains(", 0 wrong", said, StringComparison.Ordinal);
    }
}

/// <summary>Runs where the preload library can be compiled and loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GccTheoryAttribute : TheoryAttribute
{
    public GccTheoryAttribute() => Skip = !OperatingSystem.IsLinux() ? "a preload library is loaded on Linux only"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "gcc"))) ? null!
        : "gcc is not installed: the crash campaign cannot be compiled";
}
