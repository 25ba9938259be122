using W0rktree.Cli.Agent;

namespace W0rktree.Cli.Tests;

public sealed class AgentLauncherTests
{
    [Fact]
    public async Task An_agent_that_finds_another_on_its_way_out_is_started_again()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // The program here is a shell's script.
        }

        var folder = Directory.CreateTempSubdirectory("wt-cli-").FullName;
        try
        {
            // Twice there is another one that no longer listens; then the program ends for a reason of its own.
            var program = Path.Combine(folder, "agent");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\necho x >>'{folder}/starts'\n[ \"$(wc -l <'{folder}/starts')\" -gt 2 ] || exit {AgentExitCodes.AnotherAgentRuns}\nexit 1\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var environment = new Dictionary<string, string> { ["WT_WORKER"] = program, ["HOME"] = folder, ["XDG_RUNTIME_DIR"] = folder };

            var refused = await Assert.ThrowsAsync<AgentException>(() => new AgentLauncher(environment, TimeProvider.System).ConnectAsync(CancellationToken.None));

            Assert.Equal("agent_not_started", refused.Error.Code);
            Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder, "starts"))).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
