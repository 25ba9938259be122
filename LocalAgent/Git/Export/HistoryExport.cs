using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Export;

/// <summary>Makes commits of all snapshots that a repository does not have, parents first.</summary>
/// <param name="store">The store.</param>
/// <param name="map">Learns the pairs.</param>
/// <param name="objects">Computes and hands on what the snapshots hold.</param>
/// <param name="present">Commits that the repository has with all below them.</param>
internal sealed class HistoryExport(ObjectStore store, GitIdMap map, GitObjectIds objects, IReadOnlySet<GitId> present)
{
    private readonly ObjectGraph _graph = new(store);
    private readonly Dictionary<SnapshotId, GitId> _done = [];

    /// <summary>Gets the number of commits that were made.</summary>
    public int Made { get; private set; }

    /// <summary>Gives the commit of a snapshot, after making all that are missing below it.</summary>
    public async Task<GitId> CommitAsync(SnapshotId tip, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var waiting = new Stack<(SnapshotId Id, SnapshotObject? Read)>([(tip, null)]);
        while (waiting.TryPop(out var next))
        {
            if (_done.ContainsKey(next.Id) || IsPresent(next.Id))
            {
                continue;
            }

            if (next.Read is { } snapshot)
            {
                _done[next.Id] = await MakeAsync(next.Id, snapshot, cancellationToken);
                Made++;
                progress?.Report(new ProgressInfo("exporting", Made, null, "commits"));
                continue;
            }

            var read = await _graph.ReadSnapshotAsync(next.Id, cancellationToken);
            waiting.Push((next.Id, read));
            foreach (var parent in read.Parents)
            {
                waiting.Push((parent, null));
            }
        }

        return _done[tip];
    }

    private bool IsPresent(SnapshotId id)
    {
        if (map.Find(id) is not { } commit || !present.Contains(commit))
        {
            return false;
        }

        _done[id] = commit;
        return true;
    }

    private async Task<GitId> MakeAsync(SnapshotId id, SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        foreach (var parent in snapshot.Parents.Where(parent => present.Contains(_done[parent])))
        {
            // What the parent has is there: naming it first keeps all of it out of the pack.
            objects.IsNew = false;
            await objects.TreeAsync((await _graph.ReadSnapshotAsync(parent, cancellationToken)).Root, cancellationToken);
        }

        objects.IsNew = true;
        try
        {
            var tree = await objects.TreeAsync(snapshot.Root, cancellationToken);
            var bytes = CommitWriter.Format(id, snapshot, tree, [.. snapshot.Parents.Select(parent => _done[parent])]);
            var commit = await objects.AddAsync(GitType.Commit, bytes, cancellationToken);
            map.Add(commit, id);
            return commit;
        }
        catch (GitRefusalException e)
        {
            throw new GitRefusalException(e.Error.Code, $"The snapshot {id.Hash.ToShortString()} cannot be carried: {e.Error.Message}", e.Error.Hint);
        }
    }
}
