using System.Collections.Immutable;
using System.Globalization;
using W0rktree.Core.History;
using W0rktree.Core.Identity;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>Holds the shape of a repository's history in memory.</summary>
internal sealed class GitHistory : IHistory
{
    private readonly Dictionary<SnapshotId, HistoryNode> _nodes = [];

    public GitHistory(string repository)
    {
        foreach (var line in GitProcess.Lines(repository, "log", "--all", "--format=%H %T %ct %P"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ImmutableArray<SnapshotId> parents = [.. words[3..].Select(word => new SnapshotId(GitIds.FromHex(word)))];
            _nodes[new SnapshotId(GitIds.FromHex(words[0]))] = new HistoryNode(GitIds.FromHex(words[1]), parents, long.Parse(words[2], CultureInfo.InvariantCulture));
        }
    }

    public ValueTask<HistoryNode?> FindAsync(SnapshotId id, CancellationToken cancellationToken) => ValueTask.FromResult(_nodes.GetValueOrDefault(id));
}
