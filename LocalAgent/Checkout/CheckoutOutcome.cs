using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>What a checkout did.</summary>
/// <param name="Written">Files and symlinks put in place or given another mode.</param>
/// <param name="Deleted">Files and symlinks taken away.</param>
/// <param name="Kept">Paths that somebody changed in the very moment: theirs stays, and shows as a change.</param>
internal sealed record CheckoutOutcome(int Written, int Deleted, IReadOnlyList<TreePath> Kept);
