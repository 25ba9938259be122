namespace W0rktree.Storage.Packs;

/// <summary>
/// Keeps what was expanded last, so that going through a history costs one step of each chain and not all of it. Oldest goes
/// first. Thread safe; callers never change what they get.
/// </summary>
internal sealed class BaseCache
{
    // As much as the newest versions of a source tree's hot files; an idle agent is allowed 150 MB.
    private const long UsualBytes = 8L * 1024 * 1024;

    // While somebody goes through a whole history: the chains of some hundred files.
    private const long LargeBytes = 96L * 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = new();
    private long _bytes;
    private long _limit = UsualBytes;
    private int _enlarged;

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
        if (content.Length > Volatile.Read(ref _limit) / 4)
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
            Trim();
        }
    }

    /// <summary>Keeps more until the answer is disposed, for whoever is about to read a great deal.</summary>
    public IDisposable Enlarge()
    {
        lock (_gate)
        {
            _enlarged++;
            _limit = LargeBytes;
            return new Enlarged(this);
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

    private void Trim()
    {
        while (_bytes > _limit && _byUse.Last is { } oldest)
        {
            Remove(oldest);
        }
    }

    private void Shrink()
    {
        lock (_gate)
        {
            if (--_enlarged == 0)
            {
                _limit = UsualBytes;
                Trim();
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

    private sealed class Enlarged(BaseCache cache) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                cache.Shrink();
            }
        }
    }
}
