using System.Runtime.InteropServices;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Sync;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent;

/// <summary>Starts the agent.</summary>
internal static class Program
{
    private const string Help = """
        worktree-worker: the agent that watches the worktrees of one user. 'wt' starts it by itself.

          worktree-worker --detach       start it in the background and return when it listens
          worktree-worker --foreground   run it here, until Ctrl+C
          worktree-worker --version
        """;

    private static async Task<int> Main(string[] args)
    {
        var paths = new AgentPaths(Endpoint.ProcessEnvironment());
        switch (args)
        {
            case ["--detach"]:
                return await Detaching.StartAsync(paths, TimeProvider.System, CancellationToken.None);
            case [Detaching.DetachedArgument]:
                Detaching.Leave(paths.Log);
                return await RunAsync(paths);
            case ["--foreground"]:
                return await RunAsync(paths);
            case ["--version"]:
                Console.WriteLine($"worktree-worker {Agent.Version}");
                return ExitCodes.Ok;
            case ["--help"] or ["-h"]:
                Console.WriteLine(Help);
                return ExitCodes.Ok;
            default:
                await Console.Error.WriteLineAsync(Help);
                return ExitCodes.Usage;
        }
    }

    private static async Task<int> RunAsync(AgentPaths paths)
    {
        using var sync = new SyncWiring(paths, SystemEntropy.Instance, TimeProvider.System);
        var agent = Agent.TryBecome(paths, TimeProvider.System, SystemEntropy.Instance, sync.Factory);
        if (agent is null)
        {
            await Console.Error.WriteLineAsync($"Another agent of this user runs ({paths.Lock} is taken).");
            return ExitCodes.AnotherAgentRuns;
        }

        await using (agent)
        {
            sync.Register(agent);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(agent, signal));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(agent, signal));
            try
            {
                await agent.RunAsync(CancellationToken.None);
                return ExitCodes.Ok;
            }
            catch (Exception e)
            {
                agent.Log.Error($"the agent failed: {e}");
                await Console.Error.WriteLineAsync($"The agent failed: {e.Message}");
                return ExitCodes.Failed;
            }
        }
    }

    private static void Stop(Agent agent, PosixSignalContext signal)
    {
        signal.Cancel = true;
        agent.RequestStop(signal.Signal.ToString());
    }
}
