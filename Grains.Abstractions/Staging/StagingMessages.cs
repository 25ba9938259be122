using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Grains.Abstractions.Staging;

/// <summary>Tells what became of a staged snapshot. The numbers are stored.</summary>
public enum StagedState
{
    /// <summary>Shown to the team.</summary>
    Staged = 1,

    /// <summary>Its work is in a branch.</summary>
    Pushed = 2,

    /// <summary>Taken back by its owner.</summary>
    Cleared = 3,

    /// <summary>Not renewed for too long.</summary>
    Expired = 4,
}

/// <summary>Offers a working copy's newest snapshot, whose objects were uploaded before.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StageSnapshot")]
public sealed record StageSnapshot : IAudited
{
    /// <summary>Gets the working copy.</summary>
    [Id(0)]
    public required CopyId Copy { get; init; }

    /// <summary>Gets the branch it works on.</summary>
    [Id(1)]
    public required BranchName Branch { get; init; }

    /// <summary>Gets the branch head that the work builds on; zero when the branch is not on the server yet.</summary>
    [Id(2)]
    public SnapshotId Base { get; init; }

    /// <summary>Gets the snapshot.</summary>
    [Id(3)]
    public required SnapshotId Snapshot { get; init; }

    /// <summary>Gets a number that grows with each stage of the copy: an older one never replaces a newer one.</summary>
    [Id(4)]
    public required long Sequence { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"branch={Branch} copy={Copy} snapshot={Snapshot} base={Base}";
}

/// <summary>Names one account's staged work: there is one entry per working copy and branch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedKey")]
public sealed record StagedKey : IAudited
{
    /// <summary>Gets the working copy.</summary>
    [Id(0)]
    public required CopyId Copy { get; init; }

    /// <summary>Gets the branch; default for every branch of the copy.</summary>
    [Id(1)]
    public BranchName Branch { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"branch={Branch} copy={Copy}";
}

/// <summary>Tells how much was taken back.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.ClearOutcome")]
public sealed record ClearOutcome
{
    /// <summary>Gets the number of entries.</summary>
    [Id(0)]
    public required int Cleared { get; init; }
}

/// <summary>Shows staged work.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedView")]
public sealed record StagedView
{
    /// <summary>Gets whose work it is.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the account's name.</summary>
    [Id(1)]
    public required string AccountSlug { get; init; }

    /// <summary>Gets the working copy.</summary>
    [Id(2)]
    public required CopyId Copy { get; init; }

    /// <summary>Gets the branch.</summary>
    [Id(3)]
    public required BranchName Branch { get; init; }

    /// <summary>Gets the branch head that the work builds on.</summary>
    [Id(4)]
    public SnapshotId Base { get; init; }

    /// <summary>Gets the snapshot.</summary>
    [Id(5)]
    public required SnapshotId Snapshot { get; init; }

    /// <summary>Gets what became of it.</summary>
    [Id(6)]
    public required StagedState State { get; init; }

    /// <summary>Gets when it last changed.</summary>
    [Id(7)]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Gets how many paths it changes.</summary>
    [Id(8)]
    public required int PathCount { get; init; }

    /// <summary>Gets whether there were more than are kept.</summary>
    [Id(9)]
    public bool PathsTruncated { get; init; }
}

/// <summary>Says how a path changed. The numbers are stored.</summary>
public enum StagedChange
{
    /// <summary>New.</summary>
    Added = 1,

    /// <summary>Other content.</summary>
    Modified = 2,

    /// <summary>Gone.</summary>
    Deleted = 3,

    /// <summary>A file became a symlink, or the like.</summary>
    TypeChanged = 4,

    /// <summary>Executable or no longer so.</summary>
    ModeChanged = 5,

    /// <summary>Moved here from another path.</summary>
    Renamed = 6,
}

/// <summary>Describes one changed path of staged work.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedPath")]
public sealed record StagedPath
{
    /// <summary>Gets the path.</summary>
    [Id(0)]
    public required TreePath Path { get; init; }

    /// <summary>Gets how it changed.</summary>
    [Id(1)]
    public required StagedChange Change { get; init; }

    /// <summary>Gets the new content; zero where it is gone.</summary>
    [Id(2)]
    public ContentHash NewHash { get; init; }

    /// <summary>Gets the semantic class: code, config, dependency, documentation, asset.</summary>
    [Id(3)]
    public required string Class { get; init; }

    /// <summary>Gets the content before; zero where there was none.</summary>
    [Id(4)]
    public ContentHash OldHash { get; init; }

    /// <summary>Gets where it was before a rename; the root otherwise.</summary>
    [Id(5)]
    public TreePath OldPath { get; init; }
}

/// <summary>Says how two people's work meets.</summary>
public enum OverlapKind
{
    /// <summary>Both change the same path in different ways.</summary>
    SamePath = 1,

    /// <summary>Both change the same path to the same content, which merges by itself.</summary>
    SameContent = 2,

    /// <summary>The kinds of the two changes cannot merge by themselves: one deletes, both add, or a file meets a folder.</summary>
    PredictedConflict = 3,
}

/// <summary>Names one path on which two people's work meets.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.OverlapPath")]
public sealed record OverlapPath
{
    /// <summary>Gets the path.</summary>
    [Id(0)]
    public required TreePath Path { get; init; }

    /// <summary>Gets how they meet.</summary>
    [Id(1)]
    public required OverlapKind Kind { get; init; }
}

/// <summary>Says where a caller's staged work meets somebody else's.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Overlap")]
public sealed record Overlap
{
    /// <summary>Gets the other's account.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the other's name.</summary>
    [Id(1)]
    public required string AccountSlug { get; init; }

    /// <summary>Gets the other's working copy.</summary>
    [Id(2)]
    public required CopyId Copy { get; init; }

    /// <summary>Gets the other's branch.</summary>
    [Id(3)]
    public required BranchName Branch { get; init; }

    /// <summary>Gets the first of the paths on which they meet.</summary>
    [Id(4)]
    public required ImmutableArray<OverlapPath> Paths { get; init; }

    /// <summary>Gets on how many paths they meet.</summary>
    [Id(5)]
    public required int PathCount { get; init; }

    /// <summary>Gets when the other staged it.</summary>
    [Id(6)]
    public required DateTimeOffset StagedAt { get; init; }
}

/// <summary>Answers a stage.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StageOutcome")]
public sealed record StageOutcome
{
    /// <summary>Gets what is now shown.</summary>
    [Id(0)]
    public required StagedView Staged { get; init; }

    /// <summary>Gets where it meets others' work; the first 50 of them.</summary>
    [Id(1)]
    public ImmutableArray<Overlap> Overlaps { get; init; } = [];
}

/// <summary>Asks for staged work.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedQuery")]
public sealed record StagedQuery
{
    /// <summary>Gets where to go on; 0 to begin.</summary>
    [Id(0)]
    public int From { get; init; }

    /// <summary>Gets whether to show pushed, cleared and expired work too.</summary>
    [Id(1)]
    public bool IncludeEnded { get; init; }
}

/// <summary>Lists staged work, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedPage")]
public sealed record StagedPage
{
    /// <summary>Gets the entries, newest first.</summary>
    [Id(0)]
    public required ImmutableArray<StagedView> Entries { get; init; }

    /// <summary>Gets where the next page starts; 0 at the end.</summary>
    [Id(1)]
    public int Next { get; init; }

    /// <summary>Gets the number of the tree's newest event that the list includes.</summary>
    [Id(2)]
    public long EventSequence { get; init; }
}

/// <summary>Asks for the changed paths of staged work.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedPathQuery")]
public sealed record StagedPathQuery
{
    /// <summary>Gets whose work.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the working copy and branch.</summary>
    [Id(1)]
    public required StagedKey Key { get; init; }

    /// <summary>Gets where to go on; 0 to begin.</summary>
    [Id(2)]
    public int From { get; init; }
}

/// <summary>Lists changed paths, a page at a time.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedPathPage")]
public sealed record StagedPathPage
{
    /// <summary>Gets the paths in order.</summary>
    [Id(0)]
    public required ImmutableArray<StagedPath> Paths { get; init; }

    /// <summary>Gets where the next page starts; 0 at the end.</summary>
    [Id(1)]
    public int Next { get; init; }
}
