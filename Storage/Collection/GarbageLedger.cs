using W0rktree.Core.Identity;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Collection;

/// <summary>
/// Knows what nothing refers to and since when, and stands between a collection and everybody else. Who asks whether an
/// object is there, and is told so, relies on it: if it was garbage, it and all that it reaches count as in use for a grace
/// period, and what is about to go is denied, so that it is written anew. Thread safe.
/// </summary>
internal sealed class GarbageLedger
{
    private readonly Lock _gate = new();
    private readonly IStoreFiles _files;
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly Dictionary<ContentHash, DateTimeOffset> _touched = [];
    private readonly Dictionary<ContentHash, int> _pins = [];
    private readonly Dictionary<ulong, long> _open = [];
    private Dictionary<ContentHash, Since> _garbage;
    private IReadOnlySet<ContentHash>? _condemned;
    private long _generation;

    private GarbageLedger(IStoreFiles files, string path, TimeProvider clock, Dictionary<ContentHash, Since> garbage) =>
        (_files, _path, _clock, _garbage) = (files, path, clock, garbage);

    /// <summary>Rises with every touch and pin; a collection that sees it unchanged has missed none.</summary>
    public long Version { get; private set; }

    /// <summary>Reads the file; a lost or damaged one means that every grace period begins anew.</summary>
    public static GarbageLedger Load(IStoreFiles files, string path, TimeProvider clock) =>
        new(files, path, clock, GarbageFile.TryRead(files, path)?.ToDictionary(entry => entry.Key, entry => new Since(entry.Value, 0)) ?? []);

    /// <summary>Answers whether a packed object may be relied on, and notes that somebody does.</summary>
    public bool MayRelyOn(ContentHash id)
    {
        lock (_gate)
        {
            if (_condemned?.Contains(id) == true)
            {
                return false;
            }

            if (_garbage.ContainsKey(id))
            {
                _touched[id] = _clock.GetUtcNow();
                Version++;
            }

            return true;
        }
    }

    /// <summary>Keeps objects until the answer is disposed; null where one of them is about to go.</summary>
    public IDisposable? TryPin(ReadOnlySpan<ContentHash> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (_condemned?.Contains(id) == true)
                {
                    return null;
                }
            }

            foreach (var id in ids)
            {
                _pins[id] = _pins.GetValueOrDefault(id) + 1;
            }

            Version++;
            return new Pin(this, ids.ToArray());
        }
    }

    /// <summary>Notes that a transaction begins: what becomes garbage later it may have relied on unseen.</summary>
    public void Enter(ulong transaction)
    {
        lock (_gate)
        {
            _open[transaction] = _generation;
        }
    }

    /// <summary>Notes that a transaction has ended.</summary>
    public void Leave(ulong transaction)
    {
        lock (_gate)
        {
            _open.Remove(transaction);
        }
    }

    /// <summary>What somebody relies on: pins, and touches of the last grace period or of transactions that are open.</summary>
    public IReadOnlyList<GarbageRoot> InUse(TimeSpan grace)
    {
        lock (_gate)
        {
            if (_open.Count == 0)
            {
                var limit = _clock.GetUtcNow() - grace;
                foreach (var (id, _) in _touched.Where(entry => entry.Value < limit).ToArray())
                {
                    _touched.Remove(id);
                }
            }

            return [.. _pins.Keys.Concat(_touched.Keys).Distinct().Select(id => new GarbageRoot("in use", GarbageRootKind.InUse, id))];
        }
    }

    /// <summary>Writes down what is garbage now; what was so before keeps its time.</summary>
    public void Update(IEnumerable<ContentHash> garbage)
    {
        Dictionary<ContentHash, Since> updated = [];
        var now = _clock.GetUtcNow();
        lock (_gate)
        {
            _generation++;
            foreach (var id in garbage)
            {
                updated[id] = _garbage.TryGetValue(id, out var known) ? known : new Since(now, _generation);
            }

            _garbage = updated;
        }

        GarbageFile.Write(_files, _path, updated.Select(entry => new KeyValuePair<ContentHash, DateTimeOffset>(entry.Key, entry.Value.Time)));
    }

    /// <summary>Since when an object has been garbage; null where it is not.</summary>
    public DateTimeOffset? SinceOf(ContentHash id)
    {
        lock (_gate)
        {
            return _garbage.TryGetValue(id, out var since) ? since.Time : null;
        }
    }

    /// <summary>What has been garbage for the whole grace period, and as long as every open transaction.</summary>
    public HashSet<ContentHash> Expired(TimeSpan grace)
    {
        lock (_gate)
        {
            var limit = _clock.GetUtcNow() - grace;
            var oldest = _open.Count == 0 ? long.MaxValue : _open.Values.Min();
            return [.. _garbage.Where(entry => entry.Value.Time <= limit && entry.Value.Generation <= oldest).Select(entry => entry.Key)];
        }
    }

    /// <summary>Denies objects from now on, if nobody relied on anything since a version.</summary>
    public bool TryCondemn(IReadOnlySet<ContentHash> ids, long version)
    {
        lock (_gate)
        {
            // Opened between the count and now, before the last update: cannot be, for those begin at this generation.
            if (Version != version)
            {
                return false;
            }

            _condemned = ids;
            return true;
        }
    }

    /// <summary>Ends the denial, after what was denied is gone or stays.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _condemned = null;
        }
    }

    private void Unpin(ContentHash[] ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (--_pins[id] == 0)
                {
                    _pins.Remove(id);
                }
            }
        }
    }

    // The generation is 0 for what an earlier run wrote down: no transaction of it is still open.
    private readonly record struct Since(DateTimeOffset Time, long Generation);

    private sealed class Pin(GarbageLedger ledger, ContentHash[] ids) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                ledger.Unpin(ids);
            }
        }
    }
}
