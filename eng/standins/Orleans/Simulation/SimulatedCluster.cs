using Orleans.Runtime;

namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>A directory that is sometimes wrong: a grain may get a second activation, and callers then meet either.</summary>
internal sealed class SimulatedCluster(SimulationExecutor executor, SimulationOptions options) : Cluster(executor)
{
    private readonly Dictionary<GrainId, List<IGrainTarget>> _targets = [];

    public override CallTimeouts NewTimeouts() => new PreciseTimeouts(executor.Time);

    public override bool TryFind(GrainId grainId, out IGrainTarget? target)
    {
        target = _targets.TryGetValue(grainId, out var known) ? known[0] : null;
        return target is not null;
    }

    public override void Forget(GrainId grainId, IGrainTarget target)
    {
        if (_targets.TryGetValue(grainId, out var known) && known.Remove(target) && known.Count == 0)
        {
            _targets.Remove(grainId);
        }
    }

    public override void ForgetAll(Silo silo)
    {
        foreach (var (grainId, targets) in _targets.ToArray())
        {
            targets.RemoveAll(t => SiloOf(t) == silo);
            if (targets.Count == 0)
            {
                _targets.Remove(grainId);
            }
        }
    }

    protected override IGrainTarget Locate(GrainCall call)
    {
        if (_targets.TryGetValue(call.TargetId, out var known))
        {
            return known is [Activation only] && executor.Random.Chance(options.DuplicateActivations) && OtherSilo(only) is { } other
                ? Add(call, other, "duplicate")
                : known.Count == 1 ? known[0] : known[executor.Choose(known.Count)];
        }

        var grainClass = GrainCatalog.Instance.Find(call.TargetId.Type)
            ?? throw new ArgumentException($"Could not find grain type '{call.TargetId.Type}' for {call.TargetId}.");
        return Add(call, Place(grainClass, call), "activation");
    }

    private static Silo SiloOf(IGrainTarget target) => target is Activation activation ? activation.Silo : ((WorkerPool)target).Silo;

    private Silo? OtherSilo(Activation activation)
    {
        var others = Silos.Where(s => s.TakesActivations && s != activation.Silo).ToArray();
        return others.Length == 0 ? null : others[executor.Choose(others.Length)];
    }

    private IGrainTarget Add(GrainCall call, Silo silo, string what)
    {
        var target = silo.Create(GrainCatalog.Instance.Find(call.TargetId.Type)!, call.TargetId);
        if (!_targets.TryGetValue(call.TargetId, out var known))
        {
            _targets[call.TargetId] = known = [];
        }

        known.Add(target);
        executor.Write($"{what} {call.TargetId} on {silo.Name}");
        (target as Activation)?.Start(call.Context);
        return target;
    }
}
