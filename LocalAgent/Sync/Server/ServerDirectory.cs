using System.Collections.Concurrent;

namespace W0rktree.LocalAgent.Sync.Server;

/// <summary>Keeps one connection per server for all working copies, and knows where the user is signed in. Thread-safe.</summary>
internal sealed class ServerDirectory(CredentialFile credentials, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<ServerUrl, Lazy<ServerConnection>> _connections = new();

    /// <summary>Gets the credentials.</summary>
    public CredentialFile Credentials => credentials;

    /// <summary>Gives the connection to a server.</summary>
    public ServerConnection Connection(ServerUrl server) =>
        _connections.GetOrAdd(server, url => new Lazy<ServerConnection>(() => new ServerConnection(url, credentials, clock))).Value;

    /// <summary>Gives the connection for a tree, or null where the user is signed out of its server.</summary>
    public ServerConnection? Connect(TreeBinding binding) =>
        ServerOf(binding) is { } server && IsSignedIn(server) ? Connection(server) : null;

    /// <summary>Gives the server of a tree; for a tree without one, the server that the user signed in to last.</summary>
    public ServerUrl? ServerOf(TreeBinding? binding) =>
        binding is null ? credentials.LastServer() : ServerUrl.Parse(binding.Server) is { IsOk: true, Value: var server } ? server : null;

    /// <summary>Tells whether the user is signed in to a server.</summary>
    public bool IsSignedIn(ServerUrl server) => credentials.Find(server) is not null;

    /// <summary>Gives the id of the account that the user has on a tree's server.</summary>
    public string? AccountOf(TreeBinding binding) => ServerOf(binding) is { } server ? credentials.Find(server)?.AccountId : null;

    /// <summary>Gets the name of that account, for people.</summary>
    public string? AccountNameOf(TreeBinding binding) => ServerOf(binding) is { } server ? credentials.Find(server)?.Account : null;

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections.Values.Where(lazy => lazy.IsValueCreated))
        {
            connection.Value.Dispose();
        }
    }
}
