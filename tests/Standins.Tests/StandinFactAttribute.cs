namespace W0rktree.Standins.Tests;

/// <summary>A test of one stand-in: skipped, with the reason, where it is not in use or its truth cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StandinFactAttribute : FactAttribute
{
    public StandinFactAttribute(string standin, params string[] witnesses)
    {
        var missing = ReferenceAssemblies.Missing(witnesses).ToList();
        if (!StandinAssemblies.InUse(standin))
        {
            Skip = $"The registry has the real package, so the stand-in {standin} is not built.";
        }
        else if (missing.Count > 0)
        {
            Skip = $"This registry lacks {string.Join(", ", missing)}, which the stand-in {standin} is held against.";
        }
    }
}
