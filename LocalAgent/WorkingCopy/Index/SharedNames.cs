using System.Collections.Concurrent;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Knows the files with several names (hard links), by inode: who writes by one name is seen in that one's directory only, and
/// under that name. So is who makes a name: the names that were there before still stand as found without it. Of one thread, but for
/// <see cref="Meet"/>.
/// </summary>
internal sealed class SharedNames
{
    private readonly Dictionary<ulong, HashSet<IndexNode>> _nodes = [];

    /// <summary>Files of which a name was met that was not known, as found under it. A name met before may be in the index as found before this one was made.</summary>
    private readonly Dictionary<ulong, FoundEntry> _met = [];

    private readonly ConcurrentQueue<FoundEntry> _metElsewhere = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _nodes.Clear();
        _met.Clear();
    }

    /// <summary>Notes a file that was found, where it has other names. To be told before the index takes it up.</summary>
    public void Note(IndexNode node, FoundEntry found)
    {
        if (node.Found is { } before && before.Stamp.Inode != found.Stamp.Inode)
        {
            NoteGone(node);
        }

        if (found.OtherNames == 0)
        {
            return;
        }

        var inode = found.Stamp.Inode;
        if (!IsNameOf(node, inode))
        {
            _met[inode] = found;
        }

        if (!_nodes.TryGetValue(inode, out var sharing))
        {
            _nodes[inode] = sharing = [];
        }

        sharing.Add(node);
    }

    /// <summary>Notes a name that is left out of the tree: the file may have another one that is not.</summary>
    public void NoteLeftOut(FoundEntry found)
    {
        if (found.OtherNames > 0)
        {
            _met[found.Stamp.Inode] = found;
        }
    }

    /// <summary>Notes that a name is no longer that of the file it was: somebody may have written by it at last. To be told before the index takes it up.</summary>
    public void NoteGone(IndexNode node)
    {
        if (node.Found is { OtherNames: > 0 } before)
        {
            _met[before.Stamp.Inode] = default; // Unlike whatever stands under its other names: they are looked at.
        }
    }

    /// <summary>Takes a file as it was found when the first hint about a name came in; by the time that the hint is followed the name may be gone. Thread-safe.</summary>
    public void Meet(FoundEntry found) => _metElsewhere.Enqueue(found);

    /// <summary>Gives, once, the names in the index of files of which a further name was met, where they look otherwise than under that.</summary>
    public IReadOnlyList<IndexNode> StaleBesideMet(WorkingIndex index)
    {
        while (_metElsewhere.TryDequeue(out var found))
        {
            _met.TryAdd(found.Stamp.Inode, found);
        }

        if (_met.Count == 0)
        {
            return [];
        }

        List<IndexNode> stale = [.. index.Files().Where(node => _met.TryGetValue(node.Found!.Value.Stamp.Inode, out var met) && met.Stamp != node.Found.Value.Stamp)];
        _met.Clear();
        _met.TrimExcess();
        return stale;
    }

    /// <summary>Gives the known names of all files that have one outside the tree, or an ignored one.</summary>
    public IReadOnlyList<IndexNode> WithNamesElsewhere()
    {
        var nodes = new List<IndexNode>();
        foreach (var (inode, sharing) in _nodes.ToArray())
        {
            sharing.RemoveWhere(node => !IsNameOf(node, inode));
            if (sharing.Count == 0)
            {
                _nodes.Remove(inode);
            }
            else if (sharing.Count <= sharing.Max(node => node.Found!.Value.OtherNames))
            {
                nodes.AddRange(sharing);
            }
        }

        return nodes;
    }

    /// <summary>Gives the other names of a file that were found when it looked otherwise than it does under this name.</summary>
    public IReadOnlyList<IndexNode> StaleBeside(IndexNode node) =>
        node.Found is { OtherNames: > 0 } found && _nodes.TryGetValue(found.Stamp.Inode, out var sharing)
            ? [.. sharing.Where(other => IsNameOf(other, found.Stamp.Inode) && other.Found!.Value.Stamp != found.Stamp)]
            : [];

    private static bool IsNameOf(IndexNode node, ulong inode) => node.Found is { OtherNames: > 0 } found && found.Stamp.Inode == inode;
}
