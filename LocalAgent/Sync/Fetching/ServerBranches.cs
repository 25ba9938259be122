using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Sync.Fetching;

/// <summary>Asks a server for the branches of a tree.</summary>
internal static class ServerBranches
{
    /// <summary>Lists names and heads, all pages of them. What no branch can be called here is left out.</summary>
    public static async Task<Result<Dictionary<string, SnapshotId>>> ListAsync(ServerConnection server, TreeRef tree, CancellationToken cancellationToken)
    {
        var branches = new Dictionary<string, SnapshotId>(StringComparer.Ordinal);
        var page = "";
        do
        {
            var request = new ListBranchesRequest { Tree = tree, PageToken = page };
            var reply = await server.CallAsync(options => server.Worktrees.ListBranchesAsync(request, options), cancellationToken);
            if (!reply.IsOk)
            {
                return reply.Error;
            }

            foreach (var branch in reply.Value.Branches.Where(b => b.Head.Length == ContentHash.SizeBytes && BranchName.Parse(b.Name).IsOk))
            {
                branches[branch.Name] = new SnapshotId(ContentHash.FromBytes(branch.Head.Span));
            }

            page = reply.Value.NextPageToken;
        }
        while (page.Length > 0);

        return branches;
    }
}
