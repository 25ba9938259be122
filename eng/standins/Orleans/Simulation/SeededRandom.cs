namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>SplitMix64: small, and fixed for ever, unlike the runtime's own generators.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number below a bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>True with a chance. Takes nothing from the sequence where the chance is zero.</summary>
    public bool Chance(double chance) => chance > 0 && (Next() >> 11) * (1.0 / (1UL << 53)) < chance;

    /// <summary>A time between two others.</summary>
    public TimeSpan Between(TimeSpan min, TimeSpan max) =>
        max <= min ? min : min + TimeSpan.FromTicks((long)(Next() % (ulong)((max - min).Ticks + 1)));
}
