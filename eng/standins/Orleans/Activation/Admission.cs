namespace Orleans.Runtime;

/// <summary>The requests of one activation: which run, which wait, and which may run beside which. Guarded by its activation.</summary>
internal sealed class Admission(GrainClass grainClass)
{
    private readonly List<Request> _running = [];
    private readonly List<Request> _waiting = [];
    private readonly Dictionary<Guid, int> _reentrantSections = [];

    public int RunningCount => _running.Count;

    public int WaitingCount => _waiting.Count;

    public void Wait(Request request) => _waiting.Add(request);

    public void Begin(Request request) => _running.Add(request);

    public void End(Request request) => _running.Remove(request);

    /// <summary>Takes the first waiting request that may run now. Later ones may overtake earlier ones that may not.</summary>
    public Request? TakeNext(object? instance)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (MayRun(_waiting[i], instance))
            {
                var next = _waiting[i];
                _waiting.RemoveAt(i);
                return next;
            }
        }

        return null;
    }

    public Request[] TakeAllWaiting()
    {
        Request[] all = [.. _waiting];
        _waiting.Clear();
        return all;
    }

    public Request[] TakeAll()
    {
        Request[] all = [.. _running, .. _waiting];
        _running.Clear();
        _waiting.Clear();
        return all;
    }

    /// <summary>Tells whether a request may run beside those that run.</summary>
    public bool MayRun(Request incoming, object? instance)
    {
        if (_running.Count == 0 || incoming.IsAlwaysInterleave || grainClass.IsReentrant)
        {
            return true;
        }

        if (incoming.ReentrancyId != Guid.Empty && _reentrantSections.ContainsKey(incoming.ReentrancyId))
        {
            return true;
        }

        foreach (var running in _running)
        {
            if (running.IsAlwaysInterleave || (running.IsReadOnly && incoming.IsReadOnly))
            {
                continue;
            }

            if (grainClass.MayInterleave is not { } predicate || (!Asks(predicate, instance, incoming) && !Asks(predicate, instance, running)))
            {
                return false;
            }
        }

        return true;
    }

    public void EnterSection(Guid id) => _reentrantSections[id] = _reentrantSections.GetValueOrDefault(id) + 1;

    public void LeaveSection(Guid id)
    {
        if (_reentrantSections.TryGetValue(id, out var count) && count > 1)
        {
            _reentrantSections[id] = count - 1;
        }
        else
        {
            _reentrantSections.Remove(id);
        }
    }

    private static bool Asks(Func<object?, GrainCall, bool> predicate, object? instance, Request request) =>
        request is GrainCall call && predicate(instance, call);
}
