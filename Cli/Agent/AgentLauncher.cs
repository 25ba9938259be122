using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Agent;

/// <summary>Finds the user's agent and starts it where none runs.</summary>
public sealed class AgentLauncher(IReadOnlyDictionary<string, string> environment, TimeProvider clock)
{
    /// <summary>How long a started agent may take until it listens; opening large stores goes on behind the open socket.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PauseForAnother = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the socket's path.</summary>
    public string SocketPath { get; } = Endpoint.SocketPath(environment, UserId.Current);

    /// <summary>Gets the agent's program: the one that the environment names, else the one beside this program.</summary>
    public string Program => environment.TryGetValue("WT_WORKER", out var named) && named.Length > 0
        ? named
        : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "worktree-worker.exe" : "worktree-worker");

    /// <summary>Connects to a running agent, or gives null.</summary>
    public async Task<AgentConnection?> TryConnectAsync(CancellationToken cancellationToken)
    {
        var connection = AgentConnection.TryConnect(SocketPath);
        if (connection is not null)
        {
            await connection.GreetAsync(cancellationToken);
        }

        return connection;
    }

    /// <summary>Connects, starting the agent first where none runs. Of many at once one starts it.</summary>
    /// <exception cref="AgentException">The agent cannot be started.</exception>
    public async Task<AgentConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (await TryConnectAsync(cancellationToken) is { } running)
        {
            return running;
        }

        using var turn = StartTurn.Take(SocketPath);
        if (await TryConnectAsync(cancellationToken) is { } meanwhile)
        {
            return meanwhile;
        }

        var process = Start();
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < StartTimeout)
        {
            await Task.Delay(Pause, clock, cancellationToken);
            if (await TryConnectAsync(cancellationToken) is { } connection)
            {
                return connection;
            }

            if (process.ExitCode is AgentExitCodes.AnotherAgentRuns)
            {
                // One that is on its way out holds the lock still and listens no more: nobody but us will start the next.
                await Task.Delay(PauseForAnother, clock, cancellationToken);
                process = Start();
            }
            else if (process.ExitCode is not (null or 0))
            {
                break;
            }
        }

        throw AgentException.Of("agent_not_started", $"The agent did not start; nothing listens at {SocketPath}.", $"Its log is {LogPath()}; 'worktree-worker --foreground' shows what it says.");
    }

    private AgentProcess Start()
    {
        var program = Program;
        if (!File.Exists(program))
        {
            throw AgentException.Of("agent_not_found", $"The agent's program is not at {program}.", "Install W0rktree whole, or name the program in WT_WORKER.");
        }

        // --detached: the program leaves this session by itself, first of all. With --detach it would start itself anew to do
        // so, and the first command would wait for the runtime twice.
        return AgentProcess.Start(program);
    }

    private string LogPath() => Path.Combine(Endpoint.DataFolder(environment), "logs", "worker.log");
}

/// <summary>Names the ways in which the agent's program ends that a starter must tell apart.</summary>
internal static class AgentExitCodes
{
    /// <summary>Another agent of this user was quicker.</summary>
    public const int AnotherAgentRuns = 3;
}
