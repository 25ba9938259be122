using System.Diagnostics;
using W0rktree.EndToEnd.Tests.World;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Campaigns;

/// <summary>Slices of the campaigns in tests/campaigns that put the agent under fire.</summary>
public sealed class AgentCampaignTests
{
    [CampaignTheory]
    [InlineData("storms", "--files 300 --settle 1 nested unpack replaced")]
    [InlineData("storms", "--seeds 6 --settle 1 random")]
    [InlineData("agent-fault", "6 20261130")]
    [InlineData("start-race", "24 1")]
    [InlineData("ipc-abuse", "3")]
    [InlineData("check-ignore", "6000 20261130")]
    public async Task A_slice_finds_nothing_wrong(string campaign, string arguments)
    {
        var script = Path.Combine(Repository.Root, "tests", "campaigns", campaign, "run.sh");
        var start = new ProcessStartInfo("bash", [script, .. arguments.Split(' ')]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PROGRAMS"] = Path.GetDirectoryName(Programs.Wt);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said + await errors);
    }
}

/// <summary>Runs where the campaigns have what they are written in and compared with.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CampaignTheoryAttribute : TheoryAttribute
{
    private static readonly string[] s_needed = ["python3", "b3sum", "git", "tar"];

    public CampaignTheoryAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var missing = s_needed.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))).ToArray();
        Skip = missing.Length == 0 ? null! : $"{string.Join(", ", missing)} not installed: the campaigns need it";
    }
}
