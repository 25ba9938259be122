namespace W0rktree.LocalAgent.Git.References;

/// <summary>What became of one branch or tag.</summary>
/// <param name="Kind"><c>branch</c> or <c>tag</c>.</param>
/// <param name="Name">Its name on our side.</param>
/// <param name="Outcome"><c>created</c>, <c>moved</c>, <c>unchanged</c>, <c>ahead</c> (the other side has less) or <c>refused</c>.</param>
/// <param name="Why">Why it was refused.</param>
internal sealed record MoveOutcome(string Kind, string Name, string Outcome, string? Why = null)
{
    public const string Created = "created";
    public const string Moved = "moved";
    public const string Unchanged = "unchanged";
    public const string Ahead = "ahead";
    public const string Refused = "refused";
}
