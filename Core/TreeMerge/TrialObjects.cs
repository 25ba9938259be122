using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Objects for merges of which nothing stays: what they write is kept in memory until <see cref="Forget"/>, and directories
/// that were read are remembered for the merges after, since one history's merges have most of them in common. Not thread-safe.
/// </summary>
public sealed class TrialObjects(ObjectGraph graph, IContentSource contents) : IMergeObjects
{
    /// <summary>Entries of remembered directories, in two halves of which the older goes: some 40 MB.</summary>
    private const int MaxEntries = 200_000;

    private readonly Dictionary<ContentHash, DirectoryObject> _directories = [];
    private readonly Dictionary<ContentHash, ReadOnlyMemory<byte>> _contents = [];
    private Dictionary<ContentHash, DirectoryObject> _young = [];
    private Dictionary<ContentHash, DirectoryObject> _old = [];
    private int _youngEntries;

    /// <summary>Lets go of what was written.</summary>
    public void Forget()
    {
        _directories.Clear();
        _contents.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (_young.TryGetValue(id, out var directory) || _directories.TryGetValue(id, out directory))
        {
            return directory;
        }

        if (!_old.TryGetValue(id, out directory))
        {
            directory = await graph.ReadDirectoryAsync(id, cancellationToken);
        }

        Remember(id, directory);
        return directory;
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken) =>
        _contents.TryGetValue(id, out var written)
            ? ValueTask.FromResult<ReadOnlyMemory<byte>?>(written.Length <= limitBytes ? written : null)
            : contents.ReadAsync(id, limitBytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ContentHash> WriteDirectoryAsync(DirectoryObject directory, CancellationToken cancellationToken)
    {
        _directories[directory.Id] = directory;
        return ValueTask.FromResult(directory.Id);
    }

    /// <inheritdoc/>
    public ValueTask<ContentHash> WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = ContentHash.OfContent(content.Span);
        _contents[id] = content;
        return ValueTask.FromResult(id);
    }

    private void Remember(ContentHash id, DirectoryObject directory)
    {
        if (_youngEntries > MaxEntries / 2)
        {
            (_old, _young, _youngEntries) = (_young, [], 0);
        }

        _young[id] = directory;
        _youngEntries += directory.Entries.Length + 1;
    }
}
