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
    private readonly ConcurrentDictionary<Key, ExposedState> _shown = new();

    /// <summary>Finds what a grain has stored; false where it must be asked.</summary>
    internal bool TryFind<TState>(string grain, [NotNullWhen(true)] out TState? state)
        where TState : class
    {
        state = Find<TState>(grain)?.Current?.State as TState;
        return state is not null;
    }

    /// <summary>Finds the place where a grain shows what it has stored; null where it shows nothing.</summary>
    internal ExposedState? Find<TState>(string grain) => _shown.GetValueOrDefault(new Key(typeof(TState), grain));

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
            var shown = new ExposedVersion(owner, number, state);
            while (!_shown.GetOrAdd(new Key(typeof(TState), grain), static _ => new ExposedState()).TryShow(shown))
            {
                // Taken back this moment, and about to leave the table: the next look finds another place.
            }
        }
    }

    /// <summary>Takes back what an activation showed.</summary>
    internal void Hide<TState>(object owner, string grain)
    {
        var key = new Key(typeof(TState), grain);
        if (_shown.TryGetValue(key, out var place) && place.TryHide(owner))
        {
            _shown.TryRemove(KeyValuePair.Create(key, place));
        }
    }

    private readonly record struct Key(Type State, string Grain);
}
