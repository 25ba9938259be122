using System.Collections.Concurrent;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Audit;

/// <summary>Keeps the reasons of refusals until the front writes them down. Thread-safe.</summary>
/// <remarks>A decision on another silo is not heard of here: its record then names the refusal without the rules, which stand in that silo's log.</remarks>
internal sealed class RefusalReasons : IRefusalReasons
{
    // Requests that were refused and are not answered yet; a full list loses reasons, never refusals.
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<string, RefusalReason> _reasons = new(StringComparer.Ordinal);

    // Counted here: the dictionary would take all of its locks to say it.
    private int _count;

    /// <summary>Notes a reason.</summary>
    public void Note(string requestId, string permission, IEnumerable<string> because)
    {
        var reason = new RefusalReason(permission, string.Join("; ", because));
        if (!_reasons.TryAdd(requestId, reason))
        {
            _reasons[requestId] = reason;
        }
        else if (Interlocked.Increment(ref _count) > MaxKept)
        {
            _reasons.Clear();
            Interlocked.Exchange(ref _count, 0);
        }
    }

    /// <inheritdoc/>
    public RefusalReason? Take(string requestId)
    {
        if (!_reasons.TryRemove(requestId, out var reason))
        {
            return null;
        }

        Interlocked.Decrement(ref _count);
        return reason;
    }
}
