namespace Orleans.Runtime;

/// <summary>Values that travel with a call to the grain, and on with its own calls, but never back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Frame?> _current = new();

    /// <summary>The names of all values.</summary>
    public static IEnumerable<string> Keys => _current.Value?.Values?.Keys ?? Enumerable.Empty<string>();

    /// <summary>All values.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries =>
        _current.Value?.Values ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>Names the call chain within which grains may be called again; empty means none.</summary>
    public static Guid ReentrancyId
    {
        get => _current.Value?.ReentrancyId ?? Guid.Empty;
        set => _current.Value = new Frame(_current.Value?.Values, value);
    }

    /// <summary>Finds a value, or null.</summary>
    public static object? Get(string key) =>
        _current.Value?.Values is { } values && values.TryGetValue(key, out var value) ? value : null;

    /// <summary>Sets a value.</summary>
    public static void Set(string key, object value)
    {
        var frame = _current.Value;

        // A new dictionary each time: frames are shared by every asynchronous flow that began under them.
        var values = frame?.Values is { } old ? new Dictionary<string, object>(old) : [];
        values[key] = value;
        _current.Value = new Frame(values, frame?.ReentrancyId ?? Guid.Empty);
    }

    /// <summary>Removes a value, and tells whether it was there.</summary>
    public static bool Remove(string key)
    {
        if (_current.Value is not { Values: { } old } frame || !old.ContainsKey(key))
        {
            return false;
        }

        var values = new Dictionary<string, object>(old);
        values.Remove(key);
        _current.Value = new Frame(values, frame.ReentrancyId);
        return true;
    }

    /// <summary>Removes everything.</summary>
    public static void Clear() => _current.Value = null;

    /// <summary>Lets grains that this flow calls call back into the current grain.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        var id = original == Guid.Empty ? Guid.NewGuid() : original;
        ReentrancyId = id;
        if (RuntimeContext.Current is Activation activation)
        {
            activation.EnterReentrantSection(id);
        }

        return new ReentrancySection(original, id);
    }

    /// <summary>Takes back what <see cref="AllowCallChainReentrancy"/> allowed.</summary>
    public static ReentrancySection SuppressCallChainReentrancy()
    {
        var original = ReentrancyId;
        ReentrancyId = Guid.Empty;
        return new ReentrancySection(original, Guid.Empty);
    }

    internal static Frame? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    internal sealed record Frame(Dictionary<string, object>? Values, Guid ReentrancyId);

    /// <summary>Ends with its scope.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _allowed;

        /// <summary>Remembers both ids.</summary>
        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _allowed = newReentrancyId;
        }

        /// <summary>Restores the chain's former id.</summary>
        public void Dispose()
        {
            if (_allowed != Guid.Empty && _allowed != _original && RuntimeContext.Current is Activation activation)
            {
                activation.LeaveReentrantSection(_allowed);
            }

            ReentrancyId = _original;
        }
    }
}
