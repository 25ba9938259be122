using W0rktree.Core.History.Index;

namespace W0rktree.Core.History.Walks;

/// <summary>
/// Finds nearest common ancestors by numbers. An index orders every snapshot after all its parents, so when a snapshot comes, all that
/// descends from it has come: what is common and not below something found is nearest, without a second look. Not thread-safe: it keeps
/// its memory from one question to the next.
/// </summary>
public sealed class NumberedAncestors(HistoryIndex index)
{
    private const byte Left = 1;
    private const byte Right = 2;
    private const byte Both = Left | Right;
    private const byte Below = 4;
    private const byte All = Both | Below;

    private readonly byte[] _reach = new byte[index.Count];
    private readonly List<int> _touched = [];
    private readonly List<int> _parents = [];
    private readonly PriorityQueue<int, long> _queue = new();
    private int _open;

    /// <summary>Finds them, in no order; null where a snapshot on the way lacks parents, so that the index cannot tell.</summary>
    public List<int>? Find(IReadOnlyList<int> left, int right)
    {
        try
        {
            foreach (var head in left)
            {
                Reach(head, Left);
            }

            Reach(right, Right);
            var found = new List<int>();
            while (_open > 0)
            {
                var number = _queue.Dequeue();
                var here = _reach[number];
                _open -= (here & Below) == 0 ? 1 : 0;
                if (here == Both)
                {
                    found.Add(number);
                    here = All;
                }

                if (index.LacksParents(number))
                {
                    return null;
                }

                _parents.Clear();
                index.AddParentsOf(number, _parents);
                foreach (var parent in _parents)
                {
                    Reach(parent, here);
                }
            }

            return found;
        }
        finally
        {
            foreach (var number in _touched)
            {
                _reach[number] = 0;
            }

            _touched.Clear();
            _queue.Clear();
            _open = 0;
        }
    }

    private void Reach(int number, byte more)
    {
        var known = _reach[number];
        var all = (byte)(known | more);
        if (all == known)
        {
            return;
        }

        _reach[number] = all;
        if (known == 0)
        {
            _touched.Add(number);
            _queue.Enqueue(number, -index.OrderOf(number));
            _open += (all & Below) == 0 ? 1 : 0;
        }
        else if ((all & Below) != 0 && (known & Below) == 0)
        {
            _open--;
        }
    }
}
