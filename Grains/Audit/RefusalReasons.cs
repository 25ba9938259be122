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

    /// <summary>Notes a reason.</summary>
    public void Note(string requestId, string permission, IEnumerable<string> because)
    {
        if (_reasons.Count >= MaxKept)
        {
            _reasons.Clear();
        }

        _reasons[requestId] = new RefusalReason(permission, string.Join("; ", because));
    }

    /// <inheritdoc/>
    public RefusalReason? Take(string requestId) => _reasons.TryRemove(requestId, out var reason) ? reason : null;
}
