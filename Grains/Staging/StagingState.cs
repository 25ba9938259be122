using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Staging;

namespace W0rktree.Grains.Staging;

/// <summary>Stores a tree's staged work.</summary>
/// <remarks>The changed paths are not stored: they follow from base and snapshot, both in the vault.</remarks>
[GenerateSerializer, Immutable]
[Alias("wt.StagingState")]
public sealed record StagingState
{
    /// <summary>Gets the entries, the one that changed last at the end.</summary>
    [Id(0)]
    public ImmutableArray<StagedRecord> Entries { get; init; } = [];
}

/// <summary>Stores one working copy's staged work on one branch.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.StagedRecord")]
public sealed record StagedRecord
{
    /// <summary>Gets whose work it is.</summary>
    [Id(0)]
    public required AccountId Account { get; init; }

    /// <summary>Gets the account's name at that time.</summary>
    [Id(1)]
    public required string AccountSlug { get; init; }

    /// <summary>Gets the working copy.</summary>
    [Id(2)]
    public required CopyId Copy { get; init; }

    /// <summary>Gets the branch.</summary>
    [Id(3)]
    public required BranchName Branch { get; init; }

    /// <summary>Gets the branch head that the work builds on; zero for none.</summary>
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

    /// <summary>Gets the copy's number of this stage.</summary>
    [Id(8)]
    public required long Sequence { get; init; }

    /// <summary>Gets how many paths it changes.</summary>
    [Id(9)]
    public required int PathCount { get; init; }

    /// <summary>Gets whether there were more paths than are compared.</summary>
    [Id(10)]
    public bool PathsTruncated { get; init; }

    /// <summary>Tells whether this is the work that a key names.</summary>
    internal bool Is(AccountId account, StagedKey key) =>
        Account == account && Copy == key.Copy && (key.Branch.Text.Length == 0 || Branch == key.Branch);

    /// <summary>Shows it.</summary>
    internal StagedView View() => new()
    {
        Account = Account, AccountSlug = AccountSlug, Copy = Copy, Branch = Branch, Base = Base, Snapshot = Snapshot,
        State = State, UpdatedAt = UpdatedAt, PathCount = PathCount, PathsTruncated = PathsTruncated,
    };
}
