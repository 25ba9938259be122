using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.References;

/// <summary>A branch or tag of a repository.</summary>
/// <param name="Name">The full name, as <c>refs/heads/main</c>.</param>
/// <param name="Id">What it names: for an annotated tag, the tag object.</param>
/// <param name="Type">The type of what it names.</param>
/// <param name="Peeled">What the tag objects lead to; the same as the id for everything else.</param>
/// <param name="PeeledType">Its type.</param>
internal sealed record GitReference(string Name, GitId Id, GitType Type, GitId Peeled, GitType PeeledType)
{
    /// <summary>Where branches stand.</summary>
    public const string Heads = "refs/heads/";

    /// <summary>Where tags stand.</summary>
    public const string Tags = "refs/tags/";

    /// <summary>Gets whether it is a branch.</summary>
    public bool IsBranch => Name.StartsWith(Heads, StringComparison.Ordinal);

    /// <summary>Gets the name without its folder.</summary>
    public string ShortName => Name[(IsBranch ? Heads.Length : Tags.Length)..];
}
