using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Sync;

/// <summary>Tells what the server has, as far as it was fetched.</summary>
internal static class ServerHistory
{
    /// <summary>Lists every snapshot that a branch of the server has.</summary>
    public static async Task<HashSet<SnapshotId>> KnownAsync(OpenCopy copy, CancellationToken cancellationToken)
    {
        var known = new HashSet<SnapshotId>();
        await foreach (var (id, _) in Ancestry.WalkAsync(copy.Graph, copy.Refs.List("server/").Select(pair => pair.Value), cancellationToken))
        {
            known.Add(id);
        }

        return known;
    }
}
