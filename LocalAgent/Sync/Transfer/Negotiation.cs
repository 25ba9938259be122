using Google.Protobuf;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Sync.Transfer;

/// <summary>Finds out which snapshots of a line the server has, in rounds that double, so that long histories cost few questions.</summary>
internal static class Negotiation
{
    private const int FirstRound = 32;
    private const int LargestRound = 4096;

    /// <summary>Gives the nearest ancestors of the tips (themselves included) that the server has in this tree.</summary>
    public static async Task<Result<HashSet<SnapshotId>>> CommonAsync(
        ServerConnection server, TreeRef tree, ObjectGraph objects, IReadOnlyList<SnapshotId> tips, CancellationToken cancellationToken)
    {
        var common = new HashSet<SnapshotId>();
        var asked = new HashSet<SnapshotId>(tips);
        var frontier = new Queue<SnapshotId>(asked);
        var round = FirstRound;
        while (frontier.Count > 0)
        {
            var offered = new List<SnapshotId>();
            while (offered.Count < round && frontier.TryDequeue(out var id))
            {
                offered.Add(id);
            }

            var request = new NegotiateRequest { Tree = tree };
            request.Snapshots.AddRange(offered.Select(id => ByteString.CopyFrom(id.Hash.ToArray())));
            var reply = await server.CallAsync(options => server.Sync.NegotiateAsync(request, options), cancellationToken);
            if (!reply.IsOk)
            {
                return reply.Error;
            }

            var known = reply.Value.Known.Select(bytes => new SnapshotId(ContentHash.FromBytes(bytes.Span))).ToHashSet();
            known.IntersectWith(offered); // A server that names what was not asked is not believed.
            common.UnionWith(known);
            foreach (var id in offered.Where(id => !known.Contains(id)))
            {
                if (await objects.TryReadSnapshotAsync(id, cancellationToken) is { } snapshot)
                {
                    foreach (var parent in snapshot.Parents.Where(asked.Add))
                    {
                        frontier.Enqueue(parent);
                    }
                }
            }

            round = Math.Min(round * 2, LargestRound);
        }

        return common;
    }
}
