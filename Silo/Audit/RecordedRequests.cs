using W0rktree.Core.Identity;

namespace W0rktree.Silo.Audit;

/// <summary>Remembers which requests of late have their record already, so that a request of several writes has one. Thread-safe.</summary>
/// <remarks>Two halves, of which the older is forgotten as a whole when the younger is full: nothing is kept for each request but its id.</remarks>
internal sealed class RecordedRequests
{
    // A request lives minutes at most; one that is forgotten earlier gets a second record, which harms nobody.
    private const int HalfKept = 16_384;

    private readonly Lock _lock = new();
    private HashSet<RecordKey> _older = [];
    private HashSet<RecordKey> _younger = [];
    private HashSet<string> _olderRequests = new(StringComparer.Ordinal);
    private HashSet<string> _youngerRequests = new(StringComparer.Ordinal);

    /// <summary>Tells whether the request has its record in the chain.</summary>
    public bool Contains(RecordKey key)
    {
        lock (_lock)
        {
            return _younger.Contains(key) || _older.Contains(key);
        }
    }

    /// <summary>Tells whether the request has a record in any chain.</summary>
    public bool ContainsRequest(string request)
    {
        lock (_lock)
        {
            return _youngerRequests.Contains(request) || _olderRequests.Contains(request);
        }
    }

    /// <summary>Notes that a record is durable.</summary>
    public void Add(RecordKey key)
    {
        lock (_lock)
        {
            if (_younger.Count >= HalfKept)
            {
                (_older, _younger) = (_younger, _older);
                (_olderRequests, _youngerRequests) = (_youngerRequests, _olderRequests);
                _younger.Clear();
                _youngerRequests.Clear();
            }

            _younger.Add(key);
            _youngerRequests.Add(key.Request);
        }
    }
}

/// <summary>Names a request within a chain.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Chain">The tenant whose chain it is.</param>
internal readonly record struct RecordKey(string Request, TenantId Chain);
