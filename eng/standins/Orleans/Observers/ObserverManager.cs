using System.Collections;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>Observers by their reference, each forgotten when it has not subscribed anew in time.</summary>
public class ObserverManager<TObserver> : ObserverManager<IAddressable, TObserver>
{
    /// <summary>Sets how long a subscription lasts.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
        : base(expiration, log)
    {
    }
}

/// <summary>Observers by an identity, each forgotten when it has not subscribed anew in time. Not thread-safe: one grain's own.</summary>
public class ObserverManager<TIdentity, TObserver> : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly Dictionary<TIdentity, Entry> _entries = [];
    private readonly ILogger _log;

    /// <summary>Sets how long a subscription lasts.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ExpirationDuration = expiration;
        _log = log;
        GetDateTime = static () => DateTime.UtcNow;
    }

    /// <summary>The clock.</summary>
    public Func<DateTime> GetDateTime { get; set; }

    /// <summary>How long a subscription lasts.</summary>
    public TimeSpan ExpirationDuration { get; set; }

    /// <summary>The number of observers, expired ones among them.</summary>
    public int Count => _entries.Count;

    /// <summary>The observers by identity.</summary>
    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _entries.ToDictionary(static e => e.Key, static e => e.Value.Observer);

    /// <summary>Removes all observers.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>Adds an observer, or renews it.</summary>
    public void Subscribe(TIdentity id, TObserver observer)
    {
        _entries[id] = new Entry(observer, GetDateTime());
        _log.LogDebug("Subscribed {Id}; {Count} observers", id, _entries.Count);
    }

    /// <summary>Removes an observer.</summary>
    public void Unsubscribe(TIdentity id) => _entries.Remove(id);

    /// <summary>Tells every observer, waits for all, and forgets those that fail or have expired.</summary>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var defunct = new List<TIdentity>();
        foreach (var (id, entry) in Live(defunct))
        {
            if (predicate?.Invoke(entry.Observer) == false)
            {
                continue;
            }

            try
            {
                await notification(entry.Observer);
            }
            catch (Exception)
            {
                defunct.Add(id);
            }
        }

        Remove(defunct);
    }

    /// <summary>Tells every observer, and forgets those that fail or have expired.</summary>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var defunct = new List<TIdentity>();
        foreach (var (id, entry) in Live(defunct))
        {
            if (predicate?.Invoke(entry.Observer) == false)
            {
                continue;
            }

            try
            {
                notification(entry.Observer);
            }
            catch (Exception)
            {
                defunct.Add(id);
            }
        }

        Remove(defunct);
    }

    /// <summary>Forgets observers that have expired.</summary>
    public void ClearExpired()
    {
        var defunct = new List<TIdentity>();
        _ = Live(defunct);
        Remove(defunct);
    }

    /// <inheritdoc />
    public IEnumerator<TObserver> GetEnumerator() => _entries.Values.Select(static e => e.Observer).ToList().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private KeyValuePair<TIdentity, Entry>[] Live(List<TIdentity> expired)
    {
        var now = GetDateTime();
        expired.AddRange(_entries.Where(e => e.Value.LastSeen + ExpirationDuration < now).Select(static e => e.Key));
        return [.. _entries.Where(e => e.Value.LastSeen + ExpirationDuration >= now)];
    }

    private void Remove(List<TIdentity> defunct)
    {
        foreach (var id in defunct)
        {
            _entries.Remove(id);
            _log.LogDebug("Removed defunct observer {Id}", id);
        }
    }

    private sealed record Entry(TObserver Observer, DateTime LastSeen);
}
