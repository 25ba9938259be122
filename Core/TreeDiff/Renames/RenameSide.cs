using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>Names one file that vanished or appeared.</summary>
public readonly record struct RenameSide(TreePath Path, DirectoryEntry Entry);

/// <summary>Joins a vanished file with the one it became.</summary>
/// <param name="Old">The file before.</param>
/// <param name="New">The file after.</param>
/// <param name="Score">How alike they are, of <see cref="TextDiff.Similarity.FullScore"/>.</param>
public sealed record RenamePair(RenameSide Old, RenameSide New, int Score)
{
    /// <summary>Gets how alike they are in percent, rounded down.</summary>
    public int Percent => (int)(Score * 100L / TextDiff.Similarity.FullScore);
}

/// <summary>Tells why a merge wants to know where a file went.</summary>
public enum RenameRelevance
{
    /// <summary>The other side changed or deleted it, so its new place takes part in the merge.</summary>
    Content,

    /// <summary>Only the place matters: the other side added files to its directory, which may have moved.</summary>
    Location,
}

/// <summary>Tells how far a merge needs to know where a vanished directory went.</summary>
public enum DirectoryRelevance
{
    /// <summary>Nobody asks.</summary>
    None,

    /// <summary>Its files count for a directory above it.</summary>
    ForAncestor,

    /// <summary>The other side added files to it.</summary>
    ForSelf,
}

/// <summary>Bounds and thresholds of a search.</summary>
/// <param name="MinimumPercent">How alike two files must be.</param>
/// <param name="JoinsEmpty">Whether empty files can be renames of each other.</param>
/// <param name="MaxComparisons">The most pairs of similar size that are compared. Each costs some microseconds.</param>
public sealed record RenameLimits(int MinimumPercent = 50, bool JoinsEmpty = true, long MaxComparisons = 1_000_000)
{
    /// <summary>What is shown to people.</summary>
    public static RenameLimits ForDiff { get; } = new();

    /// <summary>What merges are computed with: patient, since a missed rename becomes a conflict.</summary>
    public static RenameLimits ForMerge { get; } = new(JoinsEmpty: false, MaxComparisons: 49_000_000);
}

/// <summary>Reads the content of a candidate, or gives null where it is too large to compare.</summary>
public delegate ValueTask<ReadOnlyMemory<byte>?> RenameContent(RenameSide side, CancellationToken cancellationToken);

/// <summary>Tells what a search found.</summary>
/// <param name="Pairs">The renames, in the order of their new paths' bytes.</param>
/// <param name="DirectoryCounts">For each vanished directory that a merge asked about, how many of its files went where.</param>
/// <param name="GaveUpAt">How many comparisons the rest would have taken, where that was too many; else null.</param>
public sealed record RenameFindings(
    IReadOnlyList<RenamePair> Pairs,
    IReadOnlyDictionary<TreePath, Dictionary<TreePath, int>> DirectoryCounts,
    long? GaveUpAt);
