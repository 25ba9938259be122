using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Names the files and folders of one user's agent.</summary>
public sealed class AgentPaths(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Gets the environment from which the places follow.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Gets the folder of stores, registered roots and logs.</summary>
    public string Data { get; } = Endpoint.DataFolder(environment);

    /// <summary>Gets the folder of the user's configuration.</summary>
    public string Config { get; } = Endpoint.ConfigFolder(environment);

    /// <summary>Gets the socket.</summary>
    public string Socket { get; } = Endpoint.SocketPath(environment, OperatingSystem.IsWindows() ? 0 : LibC.EffectiveUser);

    /// <summary>Gets the file whose lock says which agent runs.</summary>
    public string Lock => Path.Combine(Data, "worker.lock");

    /// <summary>Gets the file with the process id, there while an agent runs and after it was killed.</summary>
    public string Pid => Path.Combine(Data, "worker.pid");

    /// <summary>Gets the file that says when the last agent ended cleanly.</summary>
    public string Clean => Path.Combine(Data, "worker.clean");

    /// <summary>Gets the list of registered working copies.</summary>
    public string Roots => Path.Combine(Data, "roots.json");

    /// <summary>Gets the log.</summary>
    public string Log => Path.Combine(Data, "logs", "worker.log");

    /// <summary>Gives the folder of a tree's store.</summary>
    public string Store(string relative) => Path.Combine(Data, relative);

    /// <summary>Gives the file that remembers a copy's index between runs.</summary>
    public string IndexCache(string store, string copy) => Path.Combine(Data, store, "copies", copy, "index");
}
