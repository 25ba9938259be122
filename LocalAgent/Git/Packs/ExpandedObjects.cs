using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>An object of a pack with its bytes; the array may be longer.</summary>
internal readonly record struct Expanded(GitType Type, byte[] Array, int Length)
{
    public ReadOnlySpan<byte> Bytes => Array.AsSpan(0, Length);
}

/// <summary>Keeps what was expanded last, since it is what most others are deltas against; what was not used for longest goes first. Not thread safe.</summary>
/// <param name="maxBytes">The most bytes that are kept, though never less than the newest.</param>
/// <param name="room">Where arrays go back to.</param>
internal sealed class ExpandedObjects(long maxBytes, ArrayRoom room)
{
    private readonly Dictionary<(int Pack, long Offset), LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = new();
    private long _bytes;

    /// <summary>Finds an object. It is good until the next is added.</summary>
    public bool TryFind(int pack, long offset, out Expanded found)
    {
        if (!_kept.TryGetValue((pack, offset), out var node))
        {
            found = default;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        found = node.Value.Object;
        return true;
    }

    /// <summary>Keeps an object; its array is taken over.</summary>
    public void Add(int pack, long offset, Expanded added)
    {
        var node = _byUse.AddFirst(new Kept((pack, offset), added));
        if (!_kept.TryAdd((pack, offset), node))
        {
            // A pack whose deltas go round in a circle; whoever reads it gives up.
            _byUse.Remove(node);
            return;
        }

        _bytes += added.Array.Length;
        while (_bytes > maxBytes && _byUse.Last is { } oldest && oldest != node)
        {
            _byUse.RemoveLast();
            _kept.Remove(oldest.Value.Place);
            _bytes -= oldest.Value.Object.Array.Length;
            room.Return(oldest.Value.Object.Array);
        }
    }

    private readonly record struct Kept((int Pack, long Offset) Place, Expanded Object);
}
