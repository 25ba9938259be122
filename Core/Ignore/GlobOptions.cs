namespace W0rktree.Core.Ignore;

/// <summary>How a <see cref="Glob"/> reads its pattern.</summary>
[Flags]
public enum GlobOptions
{
    /// <summary>A star crosses slashes, as in git's flat matching of one name.</summary>
    None = 0,

    /// <summary>Slashes separate: only <c>**</c> between slashes crosses them, as in git's path matching.</summary>
    PathName = 1,

    /// <summary>ASCII letters match without regard to case.</summary>
    IgnoreCase = 2,
}
