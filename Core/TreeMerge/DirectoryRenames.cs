using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Carries one side's renames of directories to what the other side added to them. The place is a proposal: it is recorded as
/// a conflict, so that somebody looks at it.
/// </summary>
internal sealed class DirectoryRenames(MergeWalk walk)
{
    private readonly Dictionary<MergeSide, Dictionary<TreePath, List<TreePath>>> _proposals = [];

    /// <summary>Gets the directories of which nobody can say where they went.</summary>
    public List<TreePath> Split { get; } = [];

    /// <summary>Decides where each directory went: to where most of its files did.</summary>
    public void Decide(SideChanges side, IReadOnlyDictionary<TreePath, Dictionary<TreePath, int>> counts)
    {
        foreach (var (directory, targets) in counts)
        {
            var top = targets.OrderByDescending(static target => target.Value).Take(2).ToArray();
            if (top.Length > 1 && top[0].Value == top[1].Value)
            {
                Split.Add(directory);
            }
            else
            {
                side.DirectoryRenames[directory] = top[0].Key;
            }
        }
    }

    /// <summary>Moves what each side added to the directories that the other renamed.</summary>
    public void Carry(Action<SideMove, TreePath> move)
    {
        // A directory that both renamed is a matter of its files alone.
        foreach (var directory in walk.Ours.DirectoryRenames.Keys.Intersect(walk.Theirs.DirectoryRenames.Keys).ToArray())
        {
            walk.Ours.DirectoryRenames.Remove(directory);
            walk.Theirs.DirectoryRenames.Remove(directory);
        }

        foreach (var side in MergeSides.Both)
        {
            _proposals[side] = Proposals(side);
        }

        foreach (var side in MergeSides.Both)
        {
            foreach (var added in walk.Of(side).Moves)
            {
                if (TargetOf(added) is { } target)
                {
                    move(added, target);
                }
            }
        }
    }

    private Dictionary<TreePath, List<TreePath>> Proposals(MergeSide side)
    {
        var proposals = new Dictionary<TreePath, List<TreePath>>();
        var renames = walk.Of(side.Other()).DirectoryRenames;
        foreach (var added in walk.Of(side).Moves)
        {
            if (Nearest(renames, added.New.Path) is { } from)
            {
                var target = Moved(added.New.Path, from, renames[from]);
                (proposals.TryGetValue(target, out var sources) ? sources : proposals[target] = []).Add(added.New.Path);
            }
        }

        return proposals;
    }

    private TreePath? TargetOf(SideMove added)
    {
        var (side, path) = (added.Side, added.New.Path);
        var renames = walk.Of(side.Other()).DirectoryRenames;
        if (_proposals[side.Other()].ContainsKey(path)
            || Nearest(renames, path) is not { } from
            || walk.Of(side).DirectoryRenames.ContainsKey(renames[from]))
        {
            // Into a directory that this side itself moved away: the chain would never end.
            return null;
        }

        var target = Moved(path, from, renames[from]);
        if (IsInTheWay(target, side) || _proposals[side][target].Count > 1)
        {
            walk.FindOpen(path)?.AddPlaceConflict(ConflictKind.RenameRename);
            return null;
        }

        return target;
    }

    private bool IsInTheWay(TreePath path, MergeSide side)
    {
        if (path.IsRoot || !walk.Directories.TryGetValue(path.Parent, out var directory))
        {
            return false;
        }

        var name = path.Name;
        return directory.Settled.Contains(name)
            || directory.Open.GetValueOrDefault(name)?.Of(side) is not null
            || directory.Below.GetValueOrDefault(name)?.Entries.Of(side).IsDirectory == true;
    }

    private static TreePath? Nearest(Dictionary<TreePath, TreePath> renames, TreePath path)
    {
        if (renames.Count == 0)
        {
            return null;
        }

        for (var at = path.Parent; !at.IsRoot; at = at.Parent)
        {
            if (renames.ContainsKey(at))
            {
                return at;
            }
        }

        return null;
    }

    private static TreePath Moved(TreePath path, TreePath from, TreePath to)
    {
        foreach (var name in path.Names().Skip(from.Depth))
        {
            to = to.Append(name);
        }

        return to;
    }
}
