namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Knows the files with several names (hard links), by inode: who writes by one name is seen in that one's directory only, and
/// under that name. Not thread-safe.
/// </summary>
internal sealed class SharedNames
{
    private readonly Dictionary<ulong, HashSet<IndexNode>> _nodes = [];

    /// <summary>Forgets all.</summary>
    public void Clear() => _nodes.Clear();

    /// <summary>Notes a file that was found, where it has other names.</summary>
    public void Note(IndexNode node, FoundEntry found)
    {
        if (found.OtherNames > 0)
        {
            if (!_nodes.TryGetValue(found.Stamp.Inode, out var sharing))
            {
                _nodes[found.Stamp.Inode] = sharing = [];
            }

            sharing.Add(node);
        }
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
            else if (sharing.Count <= sharing.First().Found!.Value.OtherNames)
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
