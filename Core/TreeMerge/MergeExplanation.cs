using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// What a merge says of its result wherever that is not plain from the same path of base and sides. Only a claim:
/// <see cref="MergeProof"/> holds it against the trees.
/// </summary>
public sealed class MergeExplanation
{
    private readonly List<PathFact> _facts = [];

    /// <summary>Gets the claims.</summary>
    public IReadOnlyList<PathFact> Facts => _facts;

    internal void Add(PathFact fact) => _facts.Add(fact);
}

/// <summary>Claims that one path of the result joins these versions; a null path has none.</summary>
/// <param name="Place">The path under which conflicts are recorded.</param>
/// <param name="Result">Where the joined version stands: the place, or beside it where a directory is in the way.</param>
/// <param name="Base">Where the base has its version.</param>
/// <param name="Ours">Where our side has its version.</param>
/// <param name="Theirs">Where their side has its version.</param>
/// <param name="Text">How the lines were joined, where they were.</param>
/// <param name="IsPart">Whether this join was then joined with another file that both sides call by the same name.</param>
public sealed record PathFact(TreePath Place, TreePath Result, TreePath? Base, TreePath? Ours, TreePath? Theirs, ThreeWayText? Text, bool IsPart = false);
