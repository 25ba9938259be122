namespace W0rktree.Storage.Packs;

/// <summary>
/// Keeps what was expanded last, so that going through a history costs one step of each chain and not all of it. Oldest goes
/// first. Thread safe; callers never change what they get.
/// </summary>
internal sealed class BaseCache
{
    // As much as the newest versions of a source tree's hot files; an idle agent is allowed 150 MB.
    private const long MaxBytes = 8L * 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = new();
    private long _bytes;

    public byte[]? TryGet(PackFile pack, long offset)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(new Key(pack, offset), out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Content;
        }
    }

    public void Add(PackFile pack, long offset, byte[] content)
    {
        if (content.Length > MaxBytes / 4)
        {
            return;
        }

        lock (_gate)
        {
            Key key = new(pack, offset);
            if (_kept.ContainsKey(key))
            {
                return;
            }

            _kept[key] = _byUse.AddFirst(new Kept(key, content));
            _bytes += content.Length;
            while (_bytes > MaxBytes && _byUse.Last is { } oldest)
            {
                Remove(oldest);
            }
        }
    }

    /// <summary>Forgets a pack that is gone.</summary>
    public void Forget(PackFile pack)
    {
        lock (_gate)
        {
            foreach (var node in _kept.Where(entry => entry.Key.Pack == pack).Select(entry => entry.Value).ToArray())
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Kept> node)
    {
        _byUse.Remove(node);
        _kept.Remove(node.Value.Key);
        _bytes -= node.Value.Content.Length;
    }

    private readonly record struct Key(PackFile Pack, long Offset);

    private sealed record Kept(Key Key, byte[] Content);
}
