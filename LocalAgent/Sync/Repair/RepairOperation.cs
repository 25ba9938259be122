using Google.Protobuf;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Transfer;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Repair;

/// <summary>
/// Brings back from the server what is damaged or missing here. The server decides by today's rights what it sends; each object
/// is hashed before it is kept, and one that is here and good is not written again.
/// </summary>
internal sealed class RepairOperation(ObjectStore store, ServerConnection server, TreeRef tree)
{
    /// <summary>What one question may name.</summary>
    private const int MostNamed = 4096;

    /// <summary>Beyond so many orders it is cheaper to have all of history sent once.</summary>
    private const int MostOrders = 200;

    /// <summary>Fetches what the server has of the lost objects. Gives how many orders it could answer.</summary>
    /// <param name="lost">What is to come back.</param>
    /// <param name="roots">The snapshots from which it is reached.</param>
    /// <param name="progress">Hears of the objects that came.</param>
    /// <param name="cancellationToken">Ends it; what came so far stays.</param>
    public async Task<Result<int>> RunAsync(
        IReadOnlySet<ContentHash> lost, IReadOnlyList<SnapshotId> roots, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var orders = await new LostObjects(store, lost).OrderAsync(roots, cancellationToken);
        var known = await KnownAsync([.. orders.SelectMany(order => order.Without.Append(order.Snapshot)).Concat(roots).Distinct()], cancellationToken);
        if (!known.IsOk)
        {
            return known.Error;
        }

        RepairOrder[] possible = [.. orders.Where(order => known.Value.Contains(order.Snapshot))];
        if (possible.Length > MostOrders)
        {
            var everything = await new Downloader(server, store).FetchAsync(tree, [.. roots.Where(known.Value.Contains).Distinct().Take(MostNamed)], [], progress, cancellationToken);
            return everything.Map(_ => possible.Length);
        }

        foreach (var order in possible)
        {
            var without = order.Without.Where(known.Value.Contains).Take(MostNamed - 1).ToArray();
            var fetched = await new Downloader(server, store).FetchAsync(tree, [order.Snapshot], without, progress, cancellationToken);
            if (!fetched.IsOk)
            {
                return fetched.Error;
            }
        }

        return possible.Length;
    }

    private async Task<Result<HashSet<SnapshotId>>> KnownAsync(IReadOnlyList<SnapshotId> snapshots, CancellationToken cancellationToken)
    {
        HashSet<SnapshotId> known = [];
        foreach (var some in snapshots.Chunk(MostNamed))
        {
            NegotiateRequest request = new() { Tree = tree };
            request.Snapshots.AddRange(some.Select(id => ByteString.CopyFrom(id.Hash.ToArray())));
            var reply = await server.CallAsync(options => server.Sync.NegotiateAsync(request, options), cancellationToken);
            if (!reply.IsOk)
            {
                return reply.Error;
            }

            known.UnionWith(reply.Value.Known.Select(bytes => new SnapshotId(ContentHash.FromBytes(bytes.Span))));
        }

        return known;
    }
}
