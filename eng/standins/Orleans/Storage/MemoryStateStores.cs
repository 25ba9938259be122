using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Memory providers by name; one set per cluster, so that they outlive a silo that is stopped.</summary>
internal sealed class MemoryStateStores(Cluster cluster)
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Cluster, ConcurrentDictionary<string, MemoryStateStore>> _byCluster = [];

    public MemoryStateStore Get(string name) =>
        _byCluster.GetValue(cluster, static _ => new ConcurrentDictionary<string, MemoryStateStore>()).GetOrAdd(name, static _ => new MemoryStateStore());
}
