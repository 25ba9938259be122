namespace W0rktree.Architecture.Tests;

/// <summary>Something that a rule of the house forbids.</summary>
/// <param name="Place">The file, type or member.</param>
/// <param name="Problem">What is wrong, and what to do instead.</param>
internal sealed record Violation(string Place, string Problem)
{
    public override string ToString() => $"{Place}: {Problem}";

    /// <summary>Fails the test with every violation, one a line.</summary>
    public static void AssertNone(IEnumerable<Violation> violations)
    {
        var all = violations.Select(violation => violation.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, $"{all.Count} violations:\n{string.Join('\n', all)}");
    }
}
