using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>Tells how a merge of two trees came out. A conflict is not an error: it is data.</summary>
public abstract record TreeMergeOutcome(ContentHash Root)
{
    /// <summary>Everything fitted together.</summary>
    public sealed record Clean(ContentHash Root) : TreeMergeOutcome(Root);

    /// <summary>Some paths disagree. The root holds the rest merged, and for each conflict all that a person needs: markers in text, our version elsewhere.</summary>
    public sealed record Conflicted(ContentHash Root, ImmutableArray<Conflict> Conflicts) : TreeMergeOutcome(Root);
}
