using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli;

/// <summary>Gives a command what it works with: where the user stands, the agent, and the way to answer.</summary>
public sealed class CommandContext(Terminal terminal, IReadOnlyDictionary<string, string> environment, TimeProvider clock, string cwd)
{
    /// <summary>How long a command waits for one of the agent's places: many commands at once each take some milliseconds.</summary>
    private static readonly TimeSpan s_placeLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_placePause = TimeSpan.FromMilliseconds(50);

    /// <summary>The option that every command has.</summary>
    public static Option<bool> JsonOption { get; } = new("--json") { Description = "Answer in JSON with stable fields, one object or one per line", Recursive = true };

    /// <summary>Gets the process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Gets the directory the user stands in.</summary>
    public string Cwd => cwd;

    /// <summary>Gets the streams.</summary>
    public Terminal Terminal => terminal;

    /// <summary>Gets the agent's starter.</summary>
    public AgentLauncher Agent { get; } = new(environment, clock);

    /// <summary>Gets the way to answer for one invocation.</summary>
    public Reporter Report(ParseResult parse) => new(terminal, parse.GetValue(JsonOption));

    /// <summary>Gets or sets a conversation that was begun for this command line already; the first to ask the same goes on with it.</summary>
    internal BegunConversation? Begun { get; set; }

    /// <summary>Gives an absolute path for one that is relative to where the user stands.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, cwd);

    /// <summary>Asks the agent, starting it where none runs, and draws progress. Where all its places are taken, waits for one.</summary>
    public async Task<TResult> AskAsync<TParams, TResult>(
        string method, TParams parameters, JsonTypeInfo<TParams> paramsType, JsonTypeInfo<TResult> resultType, CancellationToken cancellationToken, Action<JsonElement>? onEvent = null)
    {
        using var progress = new ProgressLine(terminal, clock);
        var call = new AgentCall<TParams, TResult>(method, parameters, paramsType, resultType) { Cwd = cwd, OnProgress = progress.Report, OnEvent = onEvent };
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                if (Begun is { } begun && begun.Method == method)
                {
                    Begun = null;
                    return await AgentConnection.HearOutAsync(begun, call, cancellationToken);
                }

                await using var connection = await Agent.ConnectAsync(cancellationToken);
                return await connection.CallAsync(call, cancellationToken);
            }
            catch (AgentException e) when (e.Error.Code == "too_many_connections" && clock.GetElapsedTime(began) < s_placeLimit)
            {
                // Refused before the request was looked at, so asking again does nothing twice.
            }

            await Task.Delay(s_placePause, clock, cancellationToken);
        }
    }

    /// <summary>Asks with a request that takes nothing.</summary>
    public Task<TResult> AskAsync<TResult>(string method, JsonTypeInfo<TResult> resultType, CancellationToken cancellationToken, Action<JsonElement>? onEvent = null) =>
        AskAsync(method, new Nothing(), IpcJson.Default.Nothing, resultType, cancellationToken, onEvent);
}
