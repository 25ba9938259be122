namespace W0rktree.Core.Ignore;

/// <summary>Says whether a path is ignored and which rule decided it.</summary>
/// <param name="IsIgnored">True when the path is not versioned.</param>
/// <param name="Rule">
/// The deciding rule; for a kept path the negation that kept it. Null when no rule matched. For a path below an
/// ignored directory it is the rule that ignored the directory.
/// </param>
public readonly record struct IgnoreVerdict(bool IsIgnored, IgnoreRule? Rule)
{
    /// <summary>The verdict when no rule says anything.</summary>
    public static IgnoreVerdict Kept => default;

    internal static IgnoreVerdict By(IgnoreRule rule) => new(!rule.IsNegated, rule);

    /// <summary>Formats as <c>ignored (file:line:pattern)</c>, <c>kept (…)</c> or <c>kept</c>.</summary>
    public override string ToString() => (IsIgnored ? "ignored" : "kept") + (Rule is null ? "" : $" ({Rule})");
}
