using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.History.Blame;

/// <summary>Some lines of a file that came from one snapshot. Lines count from 0.</summary>
/// <param name="Start">The first line in the file that was asked about.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Snapshot">The number in the index of the snapshot that brought them; <see cref="HistoryIndex.None"/> where none has them yet.</param>
/// <param name="Path">What the file was called there.</param>
/// <param name="OriginStart">The first of the lines in that snapshot's file.</param>
/// <param name="WasPassedOn">Whether a snapshot to be ignored changed them after it; then it is a guess which lines they were.</param>
public readonly record struct BlamedLines(int Start, int Count, int Snapshot, TreePath Path, int OriginStart, bool WasPassedOn)
{
    /// <summary>The line after the last.</summary>
    public int End => Start + Count;
}

/// <summary>A range of lines, from 0, the end exclusive.</summary>
public readonly record struct LineSpan(int Start, int End);

/// <summary>What a blame works with.</summary>
public sealed record BlameSources
{
    /// <summary>Gets the history.</summary>
    public required HistoryIndex Index { get; init; }

    /// <summary>Gets the directories.</summary>
    public required DirectoryCache Directories { get; init; }

    /// <summary>Gets the reader of contents; null where one is too large for lines.</summary>
    public required Func<ContentHash, CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> Content { get; init; }

    /// <summary>Gets what tells how a file was called in a parent that lacks its path.</summary>
    public required Func<int, int, TreePath, CancellationToken, ValueTask<TreePath?>> Origin { get; init; }

    /// <summary>Gets the snapshots whose changes are to be passed on to those before them, such as one that only reformatted.</summary>
    public IReadOnlySet<int> Ignored { get; init; } = new HashSet<int>();

    /// <summary>Gets what hears how many snapshots were looked at.</summary>
    public IProgress<int>? Progress { get; init; }
}
