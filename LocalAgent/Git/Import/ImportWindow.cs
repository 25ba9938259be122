using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Some commits that go through the import together, with the objects that none before them had.</summary>
internal sealed class ImportWindow(IReadOnlyList<KeyValuePair<GitId, GitCommit>> commits)
{
    /// <summary>Gets the commits, parents first.</summary>
    public IReadOnlyList<KeyValuePair<GitId, GitCommit>> Commits => commits;

    /// <summary>Gets the new trees.</summary>
    public Dictionary<GitId, ReadTree> Trees { get; } = [];

    /// <summary>Gets the new blobs, each once.</summary>
    public List<WantedBlob> Blobs { get; } = [];

    /// <summary>Gets what the blobs became, once they were read.</summary>
    public List<KeyValuePair<GitId, GitTarget>> Contents { get; } = [];
}

/// <summary>A blob to read, and the blob that the commit before had at its path.</summary>
internal readonly record struct WantedBlob(GitId Id, GitId? Older)
{
    /// <summary>Gets whether it was read and written before, and is only what another is written against.</summary>
    public bool IsAgain { get; init; }
}
