using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.LocalAgent.Sync.Handlers;
using W0rktree.LocalAgent.Sync.Server;

namespace W0rktree.LocalAgent.Sync;

/// <summary>Puts sync together and hangs it into the agent. The only place that knows both.</summary>
internal sealed class SyncWiring : IDisposable
{
    private readonly ServerDirectory _servers;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _clock;

    /// <summary>Prepares sync for the agent whose files these are.</summary>
    public SyncWiring(AgentPaths paths, IEntropy entropy, TimeProvider clock)
    {
        (_entropy, _clock) = (entropy, clock);
        _servers = new ServerDirectory(new CredentialFile(paths.Config), clock);
        Factory = new SyncFactory(_servers);
    }

    /// <summary>Gets what makes the sync stage of each working copy.</summary>
    public SyncFactory Factory { get; }

    /// <summary>Registers the methods that need a server.</summary>
    public void Register(Agent agent)
    {
        var accounts = new AccountOperations(_servers, () => agent.Config.Current.ServerUrl, _entropy);
        agent.Handlers.AddAccounts(accounts, Factory, _clock).AddTeam();
        new TransferHandlers(Factory, accounts, agent.Init, agent.Copies, _entropy, _clock).AddTo(agent.Handlers);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _servers.Dispose();
}
