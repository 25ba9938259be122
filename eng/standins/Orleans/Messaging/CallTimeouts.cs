namespace Orleans.Runtime;

/// <summary>Ends calls whose response does not come. Precise clocks get a timer per call; the pool gets a scan.</summary>
internal abstract class CallTimeouts : IDisposable
{
    public abstract void Track(PendingCall call, TimeSpan timeout);

    public abstract void Forget(PendingCall call);

    public abstract void Dispose();
}

/// <summary>One timer per call: exact, as a simulation needs it.</summary>
internal sealed class PreciseTimeouts(TimeProvider time) : CallTimeouts
{
    public override void Track(PendingCall call, TimeSpan timeout)
    {
        var timer = time.CreateTimer(static s => ((ValueTuple<PendingCall, TimeSpan>)s!).Item1.TimeOut(((ValueTuple<PendingCall, TimeSpan>)s).Item2), (call, timeout), timeout, Timeout.InfiniteTimeSpan);
        call.TimeoutEntry = timer;
        if (call.IsDone)
        {
            timer.Dispose();
        }
    }

    public override void Forget(PendingCall call) => (call.TimeoutEntry as ITimer)?.Dispose();

    public override void Dispose()
    {
    }
}

/// <summary>
/// Linked lists in shards, looked through several times a second: calls are many and timeouts few, so a call must cost
/// no timer. A timeout is late by at most one period.
/// </summary>
internal sealed class ScannedTimeouts : CallTimeouts
{
    private const int ShardCount = 16;
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(100);

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(static _ => new Shard())];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public ScannedTimeouts(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static s => ((ScannedTimeouts)s!).Scan(), this, _period, _period);
    }

    public override void Track(PendingCall call, TimeSpan timeout)
    {
        var shard = _shards[Environment.CurrentManagedThreadId % ShardCount];
        var node = new Node(call, shard, _time.GetTimestamp(), timeout);
        call.TimeoutEntry = node;
        shard.Add(node);
        if (call.IsDone)
        {
            shard.Remove(node);
        }
    }

    public override void Forget(PendingCall call)
    {
        if (call.TimeoutEntry is Node node)
        {
            node.Shard.Remove(node);
        }
    }

    public override void Dispose() => _timer.Dispose();

    private void Scan()
    {
        foreach (var shard in _shards)
        {
            foreach (var node in shard.Expired(_time))
            {
                node.Call.TimeOut(node.Timeout);
            }
        }
    }

    private sealed class Node(PendingCall call, Shard shard, long start, TimeSpan timeout)
    {
        public PendingCall Call { get; } = call;

        public Shard Shard { get; } = shard;

        public long Start { get; } = start;

        public TimeSpan Timeout { get; } = timeout;

        public Node? Previous { get; set; }

        public Node? Next { get; set; }

        public bool IsLinked { get; set; }
    }

    private sealed class Shard
    {
        private readonly Lock _gate = new();
        private Node? _first;

        public void Add(Node node)
        {
            lock (_gate)
            {
                node.Next = _first;
                if (_first is not null)
                {
                    _first.Previous = node;
                }

                _first = node;
                node.IsLinked = true;
            }
        }

        public void Remove(Node node)
        {
            lock (_gate)
            {
                if (!node.IsLinked)
                {
                    return;
                }

                node.IsLinked = false;
                if (node.Previous is { } previous)
                {
                    previous.Next = node.Next;
                }
                else
                {
                    _first = node.Next;
                }

                if (node.Next is { } next)
                {
                    next.Previous = node.Previous;
                }
            }
        }

        public List<Node> Expired(TimeProvider time)
        {
            List<Node> expired = [];
            lock (_gate)
            {
                for (var node = _first; node is not null; node = node.Next)
                {
                    if (time.GetElapsedTime(node.Start) >= node.Timeout)
                    {
                        expired.Add(node);
                    }
                }
            }

            return expired;
        }
    }
}
