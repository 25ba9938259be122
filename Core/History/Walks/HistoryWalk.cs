using W0rktree.Core.History.Index;

namespace W0rktree.Core.History.Walks;

/// <summary>Walks an index from some snapshots back over all parents, the newest first, and no snapshot before all its children.</summary>
public sealed class HistoryWalk(HistoryIndex index)
{
    private readonly PriorityQueue<int, (long Time, int Number)> _open = new();
    private readonly HashSet<int> _seen = [];
    private readonly List<int> _parents = [];

    /// <summary>Adds a snapshot to start from.</summary>
    public void Start(int number) => Enqueue(number);

    /// <summary>Gives the next snapshot; false at the end. What is to be walked after it is told by <see cref="Follow"/>.</summary>
    public bool TryNext(out int number) => _open.TryDequeue(out number, out _);

    /// <summary>Goes on to one snapshot that was met as a parent.</summary>
    public void Follow(int number) => Enqueue(number);

    /// <summary>Goes on to all parents of a snapshot.</summary>
    public void FollowParents(int number)
    {
        _parents.Clear();
        index.AddParentsOf(number, _parents);
        foreach (var parent in _parents)
        {
            Enqueue(parent);
        }
    }

    /// <summary>Gives all ancestors of some snapshots with them.</summary>
    public static IEnumerable<int> AllFrom(HistoryIndex index, params IEnumerable<int> heads)
    {
        var walk = new HistoryWalk(index);
        foreach (var head in heads)
        {
            walk.Start(head);
        }

        while (walk.TryNext(out var number))
        {
            walk.FollowParents(number);
            yield return number;
        }
    }

    private void Enqueue(int number)
    {
        if (_seen.Add(number))
        {
            _open.Enqueue(number, (-index.OrderOf(number), -number));
        }
    }
}
