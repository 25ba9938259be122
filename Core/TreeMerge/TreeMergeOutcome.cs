using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>Tells how a merge of two trees came out. A conflict is not an error: it is data.</summary>
public abstract record TreeMergeOutcome(ContentHash Root)
{
    /// <summary>Gets the claims by which the result can be checked.</summary>
    public MergeExplanation Explanation { get; init; } = new();

    /// <summary>Gets how many comparisons a search for renames would have taken where it gave up; null where it did not.</summary>
    public long? RenamesGaveUpAt { get; init; }

    /// <summary>Gets what a person has to answer; empty where everything fitted together.</summary>
    public abstract ImmutableArray<Conflict> AllConflicts { get; }

    /// <summary>Everything fitted together.</summary>
    public sealed record Clean(ContentHash Root) : TreeMergeOutcome(Root)
    {
        /// <inheritdoc/>
        public override ImmutableArray<Conflict> AllConflicts => [];
    }

    /// <summary>Some paths disagree. The root holds the rest merged, and for each conflict all that a person needs: markers in text, our version elsewhere.</summary>
    public sealed record Conflicted(ContentHash Root, ImmutableArray<Conflict> Conflicts) : TreeMergeOutcome(Root)
    {
        /// <inheritdoc/>
        public override ImmutableArray<Conflict> AllConflicts => Conflicts;
    }
}
