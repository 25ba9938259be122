using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects;

/// <summary>
/// Holds a directory: the entries that the reader may see, and the bare digests of those that are sealed. Its id is
/// computed over the digests of all of them in the order of the digests, so that it is the same for every reader.
/// </summary>
/// <remarks>Immutable and thread-safe. At most <see cref="MaxEntries"/> entries and digests together.</remarks>
public sealed class DirectoryObject
{
    /// <summary>The most entries of one directory: enough for any real one, and a bound on what a hostile peer can make us hold.</summary>
    public const int MaxEntries = 4_000_000;

    private DirectoryLayout? _layout;

    private DirectoryObject(ImmutableArray<DirectoryEntry> entries, ImmutableArray<ContentHash> sealedDigests)
    {
        Entries = entries;
        SealedDigests = sealedDigests;
    }

    /// <summary>The directory without entries.</summary>
    public static DirectoryObject Empty { get; } = new([], []);

    /// <summary>Gets the visible entries, sorted by the bytes of their names.</summary>
    public ImmutableArray<DirectoryEntry> Entries { get; }

    /// <summary>Gets the digests of the sealed entries, ascending.</summary>
    public ImmutableArray<ContentHash> SealedDigests { get; }

    /// <summary>Gets whether something in this directory is hidden from the reader.</summary>
    public bool HasSealed => !SealedDigests.IsEmpty;

    /// <summary>Gets the id, which does not depend on what is sealed. Computed once.</summary>
    public ContentHash Id => Layout.Id;

    internal DirectoryLayout Layout => _layout ??= DirectoryLayout.Of(this);

    /// <summary>Makes a directory of entries in the order of their names, without copying them; in another order it is like the other way.</summary>
    public static Result<DirectoryObject> Create(ImmutableArray<DirectoryEntry> entries, ImmutableArray<ContentHash> sealedDigests) =>
        sealedDigests.IsEmpty && entries.Length <= MaxEntries && IsAscending(entries.AsSpan())
            ? new DirectoryObject(entries, sealedDigests)
            : Create((IEnumerable<DirectoryEntry>)entries, sealedDigests);

    /// <summary>Makes a directory of entries in any order.</summary>
    public static Result<DirectoryObject> Create(IEnumerable<DirectoryEntry> entries, IEnumerable<ContentHash> sealedDigests)
    {
        var sorted = entries.ToArray();
        if (!IsAscending(sorted))
        {
            Array.Sort(sorted, static (a, b) => a.Name.CompareTo(b.Name));
            for (var i = 1; i < sorted.Length; i++)
            {
                if (sorted[i].Name == sorted[i - 1].Name)
                {
                    return new Error("duplicate_name", $"The name '{sorted[i].Name}' stands twice in one directory.");
                }
            }
        }

        var hidden = sealedDigests.ToArray();
        Array.Sort(hidden);
        for (var i = 1; i < hidden.Length; i++)
        {
            if (hidden[i] == hidden[i - 1])
            {
                return new Error("duplicate_digest", $"The sealed entry {hidden[i]} stands twice in one directory.");
            }
        }

        if (hidden.Length > 0 && sorted.Any(entry => Array.BinarySearch(hidden, entry.Digest) >= 0))
        {
            return new Error("duplicate_digest", "An entry stands both open and sealed in one directory.");
        }

        return sorted.Length + hidden.Length <= MaxEntries
            ? new DirectoryObject([.. sorted], [.. hidden])
            : new Error("directory_too_large", $"A directory can hold {MaxEntries:N0} entries; this one has {sorted.Length + hidden.Length:N0}.");
    }

    /// <summary>Makes a directory of what a decoder found to be in order.</summary>
    internal static DirectoryObject Trusted(ImmutableArray<DirectoryEntry> entries, ImmutableArray<ContentHash> sealedDigests) => new(entries, sealedDigests);

    /// <summary>Makes a directory of distinct entries in any order.</summary>
    /// <exception cref="ArgumentException">Two entries have the same name, or there are too many.</exception>
    public static DirectoryObject Of(IEnumerable<DirectoryEntry> entries) =>
        Create(entries, []).Match(ok => ok, error => throw new ArgumentException(error.Message, nameof(entries)));

    /// <summary>Finds a visible entry by name.</summary>
    public DirectoryEntry? Find(EntryName name)
    {
        var index = IndexOf(name);
        return index >= 0 ? Entries[index] : null;
    }

    /// <summary>Gives the directory with an entry added or replaced; what is sealed stays.</summary>
    public DirectoryObject With(DirectoryEntry entry)
    {
        var index = IndexOf(entry.Name);
        return new DirectoryObject(index >= 0 ? Entries.SetItem(index, entry) : Entries.Insert(~index, entry), SealedDigests);
    }

    /// <summary>Gives the directory without a name; what is sealed stays.</summary>
    public DirectoryObject Without(EntryName name)
    {
        var index = IndexOf(name);
        return index >= 0 ? new DirectoryObject(Entries.RemoveAt(index), SealedDigests) : this;
    }

    /// <summary>Gives the same directory, with the same id, in which the chosen entries are only digests.</summary>
    public DirectoryObject Seal(Func<DirectoryEntry, bool> hide)
    {
        var hidden = Entries.Where(hide).Select(entry => entry.Digest).ToArray();
        return hidden.Length == 0 ? this : new DirectoryObject([.. Entries.Where(entry => !hide(entry))], [.. SealedDigests.Concat(hidden).Order()]);
    }

    // Almost every caller has them in order, and sorting what is sorted costs as much as sorting.
    private static bool IsAscending(ReadOnlySpan<DirectoryEntry> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (entries[i - 1].Name.CompareTo(entries[i].Name) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private int IndexOf(EntryName name)
    {
        int low = 0, high = Entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Entries[middle].Name.CompareTo(name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
