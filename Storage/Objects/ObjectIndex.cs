using W0rktree.Core.Identity;

namespace W0rktree.Storage.Objects;

/// <summary>Knows the committed objects that stand in the journal. Sharded by id, so that readers seldom meet. Thread safe.</summary>
internal sealed class ObjectIndex
{
    private const int ShardCount = 16;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];

    public long Count => _shards.Sum(shard => { lock (shard.Gate) { return (long)shard.Table.Count; } });

    public bool TryGet(ContentHash id, out ObjectLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            return shard.Table.TryGet(id, out location);
        }
    }

    /// <summary>Adds an object; false where it is there already, and then its place stays unless it is to be replaced.</summary>
    public bool Add(ContentHash id, ObjectLocation location, bool replace = false)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            return shard.Table.Add(id, location, replace);
        }
    }

    /// <summary>Forgets the objects of segments that were packed.</summary>
    public void Remove(IReadOnlySet<SourceId> segments)
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                // A table has no holes, so what stays moves to a new one; after packing that is little.
                ObjectTable rest = new();
                foreach (var (id, location) in shard.Table.All().Where(entry => !segments.Contains(entry.Value.Source)))
                {
                    rest.Add(id, location);
                }

                shard.Table = rest;
            }
        }
    }

    /// <summary>Copies all entries, shard by shard; what is added meanwhile may or may not be among them.</summary>
    public IEnumerable<KeyValuePair<ContentHash, ObjectLocation>> Snapshot()
    {
        foreach (var shard in _shards)
        {
            KeyValuePair<ContentHash, ObjectLocation>[] entries;
            lock (shard.Gate)
            {
                entries = [.. shard.Table.All()];
            }

            foreach (var entry in entries)
            {
                yield return entry;
            }
        }
    }

    private Shard ShardOf(ContentHash id) => _shards[id.Tail & (ShardCount - 1)];

    private sealed class Shard
    {
        public readonly Lock Gate = new();
        public ObjectTable Table = new();
    }
}
