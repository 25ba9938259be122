using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Entries of one directory, kept in the order of their names. Made for walks that add in that order.</summary>
internal sealed class EntryList
{
    private readonly List<DirectoryEntry> _entries;

    public EntryList() => _entries = [];

    /// <summary>Copies a list.</summary>
    public EntryList(EntryList other) => _entries = [.. other._entries];

    public int Count => _entries.Count;

    public IReadOnlyList<DirectoryEntry> All => _entries;

    public DirectoryEntry? Find(EntryName name) => IndexOf(name) is >= 0 and var index ? _entries[index] : null;

    public bool Contains(EntryName name) => IndexOf(name) >= 0;

    /// <summary>Adds an entry, or replaces the one of its name.</summary>
    public void Set(DirectoryEntry entry)
    {
        var index = _entries.Count == 0 || _entries[^1].Name.CompareTo(entry.Name) < 0 ? ~_entries.Count : IndexOf(entry.Name);
        if (index >= 0)
        {
            _entries[index] = entry;
        }
        else
        {
            _entries.Insert(~index, entry);
        }
    }

    /// <summary>Removes a name and gives what stood there.</summary>
    public DirectoryEntry? Remove(EntryName name)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            return null;
        }

        var entry = _entries[index];
        _entries.RemoveAt(index);
        return entry;
    }

    private int IndexOf(EntryName name)
    {
        int low = 0, high = _entries.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _entries[middle].Name.CompareTo(name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
