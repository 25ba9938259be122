namespace W0rktree.Core.Ignore;

/// <summary>What one step of a compiled <see cref="Glob"/> does with the text.</summary>
internal enum GlobStep : byte
{
    /// <summary>Takes exactly <see cref="GlobToken.Value"/>.</summary>
    Byte,

    /// <summary>Takes one byte of the set numbered <see cref="GlobToken.Set"/>.</summary>
    Set,

    /// <summary>Takes any bytes but a slash.</summary>
    Star,

    /// <summary>Takes any bytes.</summary>
    Globstar,

    /// <summary>Takes nothing, or any bytes that end in a slash: the <c>**/</c> of <c>a/**/b</c>.</summary>
    GlobstarSlash,
}

/// <summary>One step of a compiled <see cref="Glob"/>.</summary>
internal readonly record struct GlobToken(GlobStep Step, byte Value = 0, int Set = 0);
