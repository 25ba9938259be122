using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>Maps watch descriptors to directories and back. Shared by the draining thread and the scan, so it locks.</summary>
internal sealed class WatchTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TreePath> _byDescriptor = [];
    private readonly Dictionary<TreePath, int> _byPath = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byDescriptor.Count;
            }
        }
    }

    /// <summary>
    /// Asks the kernel for a watch and notes what it answered; a negative answer is noted nowhere. It gives the same descriptor
    /// for a directory that was moved and is still watched: the newer place is the right one. Asked under the lock, or the watch
    /// could be one that <see cref="RemoveSubtree"/> is about to take away.
    /// </summary>
    public int Add(TreePath directory, Func<int> ask)
    {
        lock (_lock)
        {
            var descriptor = ask();
            if (descriptor < 0)
            {
                return descriptor;
            }

            if (_byDescriptor.TryGetValue(descriptor, out var before) && _byPath.TryGetValue(before, out var current) && current == descriptor)
            {
                _byPath.Remove(before);
            }

            _byDescriptor[descriptor] = directory;
            _byPath[directory] = descriptor;
            return descriptor;
        }
    }

    public bool TryGetPath(int descriptor, out TreePath directory)
    {
        lock (_lock)
        {
            return _byDescriptor.TryGetValue(descriptor, out directory);
        }
    }

    /// <summary>Forgets a descriptor that the kernel dropped.</summary>
    public void Remove(int descriptor)
    {
        lock (_lock)
        {
            if (_byDescriptor.Remove(descriptor, out var path) && _byPath.TryGetValue(path, out var current) && current == descriptor)
            {
                _byPath.Remove(path);
            }
        }
    }

    /// <summary>
    /// Takes out every directory at or below a path that was moved away, and has the kernel drop its watch. One pass over the
    /// table: a directory's move is rare, and the kernel itself drops the watches of deleted ones.
    /// </summary>
    public void RemoveSubtree(TreePath directory, Action<int> drop)
    {
        lock (_lock)
        {
            var taken = new List<int>();
            foreach (var (descriptor, path) in _byDescriptor)
            {
                if (path.IsAtOrBelow(directory))
                {
                    taken.Add(descriptor);
                }
            }

            foreach (var descriptor in taken)
            {
                _byDescriptor.Remove(descriptor, out var path);
                if (_byPath.TryGetValue(path, out var current) && current == descriptor)
                {
                    _byPath.Remove(path);
                }

                drop(descriptor);
            }
        }
    }
}
