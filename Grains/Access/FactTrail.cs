using W0rktree.Grains.State;

namespace W0rktree.Grains.Access;

/// <summary>Notes which stored versions something was worked out of, so that it can be told whether it would come out the same now.</summary>
/// <remarks>Belongs to one flow until it is complete; from then on it only reads, and may be shared.</remarks>
internal sealed class FactTrail
{
    private readonly List<(ExposedState Place, ExposedVersion Seen)> _seen = [];
    private bool _asked;

    /// <summary>Gets whether everything was read where its owner shows it, and all of that is still what is stored, at this moment.</summary>
    public bool Holds
    {
        get
        {
            foreach (var (place, seen) in _seen)
            {
                if (place.Current != seen)
                {
                    return false;
                }
            }

            return !_asked;
        }
    }

    /// <summary>Notes what was read.</summary>
    public void Saw(ExposedState place, ExposedVersion seen) => _seen.Add((place, seen));

    /// <summary>Notes that somebody had to be asked, who may answer something else next time.</summary>
    public void Asked() => _asked = true;
}
