using System.Collections.Concurrent;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync;

/// <summary>Makes the sync stage of each working copy, all on the same connections.</summary>
internal sealed class SyncFactory(ServerDirectory servers) : ISyncFactory
{
    private readonly ConcurrentDictionary<CopySync, byte> _made = new();

    /// <summary>Gets the connections and credentials.</summary>
    public ServerDirectory Servers => servers;

    /// <inheritdoc/>
    public ISyncStage Create(OpenCopy copy, SnapshotRecorder recorder, Action<AgentEvent> publish)
    {
        var sync = new CopySync(copy, servers, publish);
        _made[sync] = 0;
        return sync;
    }

    /// <summary>Lets every copy try anew at once: after signing in.</summary>
    public void ReconnectAll()
    {
        foreach (var sync in _made.Keys)
        {
            sync.Reconnect();
        }
    }
}
