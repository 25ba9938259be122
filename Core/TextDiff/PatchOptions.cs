namespace W0rktree.Core.TextDiff;

/// <summary>How a patch is written.</summary>
/// <param name="ContextLines">How many unchanged lines stand around each edit; 0 or more.</param>
/// <param name="FunctionNames">True puts the nearest line above that begins with a letter, <c>_</c> or <c>$</c> behind the hunk's numbers.</param>
/// <param name="Diff">How lines are aligned; null takes <see cref="LineDiffOptions.Default"/>.</param>
public sealed record PatchOptions(int ContextLines = 3, bool FunctionNames = true, LineDiffOptions? Diff = null)
{
    /// <summary>Gets whether the whole function around each edit is shown.</summary>
    public bool WholeFunctions { get; init; }

    /// <summary>Gets whether binary contents are written whole, for <c>git apply</c>, in place of a notice.</summary>
    public bool Binary { get; init; }

    /// <summary>Three lines of context and function names, as git does.</summary>
    public static PatchOptions Default { get; } = new();
}
