namespace Orleans.Runtime;

/// <summary>The activations of one stateless worker on one silo: idle ones first, then new ones up to the limit, then the least busy.</summary>
internal sealed class WorkerPool(Silo silo, GrainClass grainClass, GrainId grainId, int limit) : IGrainTarget, IGrainTargetOwner
{
    private readonly Lock _gate = new();
    private readonly List<Activation> _workers = [];

    public Silo Silo { get; } = silo;

    public bool TryReceive(Request request)
    {
        if (!Silo.TakesActivations)
        {
            return false;
        }

        while (true)
        {
            Activation chosen;
            var isNew = false;
            lock (_gate)
            {
                var least = _workers.MinBy(static w => w.Load);
                if (least is null || (least.Load > 0 && _workers.Count < limit))
                {
                    chosen = new Activation(Silo, grainClass, grainId) { Owner = this };
                    _workers.Add(chosen);
                    Silo.Track(chosen);
                    isNew = true;
                }
                else
                {
                    chosen = least;
                }
            }

            if (isNew)
            {
                chosen.Start((request as GrainCall)?.Context);
            }

            if (chosen.TryReceive(request))
            {
                return true;
            }

            Forget(chosen);
        }
    }

    public void Forget(Activation activation)
    {
        lock (_gate)
        {
            _workers.Remove(activation);
        }

        Silo.Untrack(activation);
    }
}
