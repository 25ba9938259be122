using System.Collections.Concurrent;
using W0rktree.Core.Identity;

namespace W0rktree.Silo.Audit;

/// <summary>Remembers which requests of late have their record already, so that a request of several writes has one. Thread-safe.</summary>
internal sealed class RecordedRequests
{
    // A request lives minutes at most; one that is forgotten earlier gets a second record, which harms nobody.
    private const int MaxKept = 65_536;

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>Names a request within a chain.</summary>
    public static string KeyOf(TenantId chain, string request) => $"{request}/{chain}";

    /// <summary>Tells whether the request has its record in the chain.</summary>
    public bool Contains(string key) => _known.ContainsKey(key);

    /// <summary>Tells whether the request has a record in any chain.</summary>
    public bool ContainsRequest(string request) => _known.ContainsKey(request);

    /// <summary>Notes that a record is durable.</summary>
    public void Add(string key)
    {
        foreach (var name in new[] { key, key[..key.LastIndexOf('/')] })
        {
            if (_known.TryAdd(name, true))
            {
                _order.Enqueue(name);
            }
        }

        while (_known.Count > MaxKept && _order.TryDequeue(out var oldest))
        {
            _known.TryRemove(oldest, out _);
        }
    }
}
