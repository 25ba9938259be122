namespace W0rktree.Grains.State;

/// <summary>Is the place where one grain shows what it has stored, until it takes it back; then it is of no use any more. Thread-safe.</summary>
/// <remarks>Who keeps a place and the version seen there can tell at any time, without looking anything up, whether it is still the stored one.</remarks>
internal sealed class ExposedState
{
    private static readonly ExposedVersion Gone = new(new object(), -1, new object());

    private ExposedVersion? _current;

    /// <summary>Gets what is shown; null where nothing is.</summary>
    public ExposedVersion? Current => Volatile.Read(ref _current) is { } current && current != Gone ? current : null;

    /// <summary>Shows a version unless a later one is shown; false where the place is given up.</summary>
    public bool TryShow(ExposedVersion shown)
    {
        while (true)
        {
            var before = Volatile.Read(ref _current);
            if (before == Gone)
            {
                return false;
            }

            if (before?.Number > shown.Number || Interlocked.CompareExchange(ref _current, shown, before) == before)
            {
                return true;
            }
        }
    }

    /// <summary>Gives the place up, if what is shown is the owner's.</summary>
    public bool TryHide(object owner)
    {
        while (true)
        {
            var before = Volatile.Read(ref _current);
            if (before is null || before == Gone || before.Owner != owner)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _current, Gone, before) == before)
            {
                return true;
            }
        }
    }
}

/// <summary>Is one version of a grain's state, as an activation showed it. Compared by identity.</summary>
internal sealed class ExposedVersion(object owner, long number, object state)
{
    /// <summary>Gets the activation.</summary>
    public object Owner => owner;

    /// <summary>Gets the version of the storage.</summary>
    public long Number => number;

    /// <summary>Gets the state.</summary>
    public object State => state;
}
