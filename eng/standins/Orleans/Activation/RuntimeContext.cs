namespace Orleans.Runtime;

/// <summary>Knows whose turn runs on this thread.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static IGrainContext? _current;

    public static IGrainContext? Current => _current;

    /// <summary>Sets the context and returns the former one, which the caller restores.</summary>
    public static IGrainContext? Exchange(IGrainContext? context)
    {
        var former = _current;
        _current = context;
        return former;
    }
}
