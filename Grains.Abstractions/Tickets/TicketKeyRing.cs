namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Holds the two keys that are valid at a time: the current one signs, both verify. Thread-safe.</summary>
public sealed class TicketKeyRing(TicketKey current, TicketKey? previous = null)
{
    private volatile Pair _keys = new(current, previous);

    /// <summary>Gets the key that signs.</summary>
    public TicketKey Current => _keys.Current;

    /// <summary>Puts a new key in front; the one before the last stops verifying.</summary>
    /// <remarks>Tickets live 30 seconds, so a rotation slower than that never refuses a good one.</remarks>
    public void Rotate(TicketKey next) => _keys = new Pair(next, _keys.Current);

    internal TicketKey? Find(ReadOnlySpan<char> id)
    {
        var keys = _keys;
        return id.SequenceEqual(keys.Current.Id) ? keys.Current : keys.Previous is { } previous && id.SequenceEqual(previous.Id) ? previous : null;
    }

    private sealed record Pair(TicketKey Current, TicketKey? Previous);
}
