using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Remembers the directories that were read last, in two halves of which the older goes: one history's merges have most of them in
/// common. Thread-safe.
/// </summary>
public sealed class RecentDirectories
{
    /// <summary>Entries of both halves: some 40 MB.</summary>
    private const int MaxEntries = 200_000;

    private readonly Lock _gate = new();
    private Dictionary<ContentHash, DirectoryObject> _young = [];
    private Dictionary<ContentHash, DirectoryObject> _old = [];
    private int _youngEntries;

    /// <summary>Finds a directory, or gives null.</summary>
    public DirectoryObject? Find(ContentHash id)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(id, out var directory))
            {
                return directory;
            }

            if (_old.TryGetValue(id, out directory))
            {
                Keep(id, directory);
            }

            return directory;
        }
    }

    /// <summary>Remembers a directory.</summary>
    public void Add(ContentHash id, DirectoryObject directory)
    {
        lock (_gate)
        {
            Keep(id, directory);
        }
    }

    private void Keep(ContentHash id, DirectoryObject directory)
    {
        if (_youngEntries > MaxEntries / 2)
        {
            (_old, _young, _youngEntries) = (_young, [], 0);
        }

        _young[id] = directory;
        _youngEntries += directory.Entries.Length + 1;
    }
}
