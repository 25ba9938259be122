namespace W0rktree.Core.Ignore;

/// <summary>What applies beside the ignore files.</summary>
/// <param name="IgnoreCase">True where the file system takes names without regard to case; parse the files with the same answer.</param>
/// <param name="SoftDefaults">False leaves out the re-includable defaults, as when comparing with git.</param>
public sealed record IgnoreOptions(bool IgnoreCase = false, bool SoftDefaults = true)
{
    /// <summary>Case counts, defaults apply.</summary>
    public static IgnoreOptions Default { get; } = new();
}
