using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using W0rktree.Grains.Accounts;

namespace W0rktree.Grains.State;

/// <summary>Holds, for the only silo there is, what its grains have stored, so that a decision reads it without a message to each. Thread-safe.</summary>
/// <remarks>
/// Not a cache: nothing in it lives by time. A grain shows a state once it is stored and before anybody is answered, and takes it back when
/// a write fails or its activation ends; so what is found here is what the grain itself would answer at this moment, and what is not
/// found is asked of the grain. Where there are several silos nothing is held, and everything is asked: an activation that its silo does
/// not know to be dead would show what it no longer owns. See docs/decisions/decisions-without-messages.md.
/// </remarks>
public sealed class ExposedStates(RevocationOptions silos)
{
    private readonly ConcurrentDictionary<Key, Entry> _entries = new();

    /// <summary>Finds what a grain has stored; false where it must be asked.</summary>
    internal bool TryFind<TState>(string grain, [NotNullWhen(true)] out TState? state)
        where TState : class
    {
        state = _entries.TryGetValue(new Key(typeof(TState), grain), out var entry) ? (TState)entry.State : null;
        return state is not null;
    }

    /// <summary>Shows what is stored. Of two activations of one grain the one that wrote last is believed, whoever shows first.</summary>
    /// <param name="owner">The activation.</param>
    /// <param name="grain">The grain's key.</param>
    /// <param name="version">The version of the storage, a number that grows; null before the first.</param>
    /// <param name="state">What is stored under it.</param>
    internal void Show<TState>(object owner, string grain, string? version, TState state)
        where TState : class
    {
        // A storage whose versions cannot be compared: the grain is asked each time.
        if (silos.SingleSilo && long.TryParse(version ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            _entries.AddOrUpdate(
                new Key(typeof(TState), grain), static (_, shown) => shown, static (_, before, shown) => before.Version > shown.Version ? before : shown,
                new Entry(owner, number, state));
        }
    }

    /// <summary>Takes back what an activation showed.</summary>
    internal void Hide<TState>(object owner, string grain)
    {
        var key = new Key(typeof(TState), grain);
        if (_entries.TryGetValue(key, out var entry) && entry.Owner == owner)
        {
            _entries.TryRemove(KeyValuePair.Create(key, entry));
        }
    }

    private readonly record struct Key(Type State, string Grain);

    private sealed class Entry(object owner, long version, object state)
    {
        public object Owner => owner;

        public long Version => version;

        public object State => state;
    }
}
