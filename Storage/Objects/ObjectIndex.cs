using System.Collections.Concurrent;
using W0rktree.Core.Identity;

namespace W0rktree.Storage.Objects;

/// <summary>Knows every committed object of an open store. Sharded by id, so that readers seldom meet. Thread safe.</summary>
internal sealed class ObjectIndex
{
    private const int ShardCount = 16;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];

    // What was found damaged: absent for writers, so that writing it again heals the store, and named to readers.
    private readonly ConcurrentDictionary<ContentHash, ObjectLocation> _damaged = new();

    public long Count => _shards.Sum(shard => { lock (shard.Gate) { return (long)shard.Table.Count; } });

    public bool Contains(ContentHash id) => TryGet(id, out _) && !IsDamaged(id);

    public bool IsDamaged(ContentHash id) => !_damaged.IsEmpty && _damaged.ContainsKey(id);

    public bool TryGet(ContentHash id, out ObjectLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            return shard.Table.TryGet(id, out location);
        }
    }

    public void Add(ContentHash id, ObjectLocation location, bool replace = false)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            var healed = !_damaged.IsEmpty && _damaged.TryGetValue(id, out var bad) && bad != location && _damaged.TryRemove(id, out _);
            shard.Table.Add(id, location, replace || healed);
        }
    }

    /// <summary>Notes that what stands at a place is not the object; ignored when the object has moved meanwhile.</summary>
    public void MarkDamaged(ContentHash id, ObjectLocation location)
    {
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (!shard.Table.TryGet(id, out var current) || current == location)
            {
                shard.Table.Add(id, location);
                _damaged[id] = location;
            }
        }
    }

    /// <summary>The objects known to be damaged and where.</summary>
    public IReadOnlyCollection<KeyValuePair<ContentHash, ObjectLocation>> Damaged => _damaged.ToArray();

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
        public readonly ObjectTable Table = new();
    }
}
