using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>Some commits that go through the import together, with the objects that none before them had.</summary>
internal sealed class ImportWindow(IReadOnlyList<KeyValuePair<GitId, GitCommit>> commits)
{
    private StoreTransaction? _transaction;

    /// <summary>Gets the commits, parents first.</summary>
    public IReadOnlyList<KeyValuePair<GitId, GitCommit>> Commits => commits;

    /// <summary>Gets the new trees.</summary>
    public Dictionary<GitId, (byte[] Bytes, GitTreeLine[] Lines)> Trees { get; } = [];

    /// <summary>Gets the new blobs, each once.</summary>
    public List<GitId> Blobs { get; } = [];

    /// <summary>Gets what writes on behalf of the window.</summary>
    public List<Task> Writing { get; } = [];

    /// <summary>Gets what the blobs became, in batches, when <see cref="Writing"/> is done.</summary>
    public List<Task<KeyValuePair<GitId, GitTarget>[]>> Contents { get; } = [];

    /// <summary>Gets the transaction.</summary>
    public StoreTransaction Transaction => _transaction ?? throw new InvalidOperationException("The window has not begun to write.");

    /// <summary>Begins the transaction.</summary>
    public void Begin(ObjectStore store) => _transaction = store.Begin();

    /// <summary>Lets go of what was read, once it is committed.</summary>
    public void Release()
    {
        Trees.Clear();
        Blobs.Clear();
        Contents.Clear();
        Writing.Clear();
        _transaction?.Dispose();
    }

    /// <summary>Waits for whatever still writes, however it ends, and abandons the transaction unless it was committed.</summary>
    public async Task AbandonAsync()
    {
        await Task.WhenAll(Contents.Concat(Writing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _transaction?.Dispose();
    }
}
