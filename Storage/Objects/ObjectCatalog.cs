using System.Collections.Concurrent;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Packs;

namespace W0rktree.Storage.Objects;

/// <summary>Knows every committed object of an open store, in journal and packs, and which of them do not count. Thread safe.</summary>
internal sealed class ObjectCatalog(ObjectIndex journal, PackSet packs, GarbageLedger garbage)
{
    // What was found damaged: absent for writers, so that writing it again heals the store, and named to readers.
    private readonly ConcurrentDictionary<ContentHash, byte> _damaged = new();

    public ObjectIndex Journal => journal;

    public PackSet Packs => packs;

    public GarbageLedger Garbage => garbage;

    /// <summary>The number of objects.</summary>
    public long Count => packs.ObjectCount + journal.Snapshot().Count(entry => !packs.TryFind(entry.Key, out _, out _));

    /// <summary>Tells whether an object is there and may be relied on from now on.</summary>
    public bool Contains(ContentHash id) => !IsDamaged(id) && (journal.TryGet(id, out _) || (packs.TryFind(id, out _, out _) && garbage.MayRelyOn(id)));

    /// <summary>Tells whether an object is stored, without relying on it.</summary>
    public bool Holds(ContentHash id) => journal.TryGet(id, out _) || packs.TryFind(id, out _, out _);

    public ObjectKind? KindOf(ContentHash id) =>
        !Contains(id) ? null
        : journal.TryGet(id, out var location) ? location.Kind
        : packs.TryFind(id, out _, out var place) ? place.Kind
        : null;

    /// <summary>Enters an object that was committed to the journal.</summary>
    public void Add(ContentHash id, ObjectLocation location)
    {
        var heals = !_damaged.IsEmpty && _damaged.TryRemove(id, out _);
        journal.Add(id, location, replace: heals);
    }

    /// <summary>Notes that no copy of an object can be read.</summary>
    public void MarkDamaged(ContentHash id) => _damaged[id] = 0;

    /// <summary>Notes it where none of the copies is good.</summary>
    public void MarkDamagedUnlessReadable(ContentHash id, ObjectSource objects)
    {
        try
        {
            _ = objects.TryRead(id);
        }
        catch (CorruptObjectException)
        {
            MarkDamaged(id);
        }
    }

    /// <summary>Tells whether an object was found damaged and not healed since.</summary>
    public bool IsDamaged(ContentHash id) => !_damaged.IsEmpty && _damaged.ContainsKey(id);
}
