using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>Objects for merges of which nothing stays: what they write is kept in memory until <see cref="Forget"/>. Not thread-safe.</summary>
/// <param name="graph">Where directories are.</param>
/// <param name="contents">Where contents are.</param>
/// <param name="directories">Remembers what was read for the merges after, and for others beside.</param>
public sealed class TrialObjects(ObjectGraph graph, IContentSource contents, RecentDirectories directories) : IMergeObjects
{
    /// <summary>A merge reads most contents twice, once to join them and once to prove that; the next merge has some of them too.</summary>
    private const long MaxReadBytes = 24L << 20;

    private readonly Dictionary<ContentHash, ReadOnlyMemory<byte>> _read = [];
    private readonly Dictionary<ContentHash, DirectoryObject> _directories = [];
    private readonly Dictionary<ContentHash, ReadOnlyMemory<byte>> _contents = [];
    private long _readBytes;

    /// <summary>Lets go of what was written.</summary>
    public void Forget()
    {
        _directories.Clear();
        _contents.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (directories.Find(id) is { } read)
        {
            return read;
        }

        if (_directories.TryGetValue(id, out var written))
        {
            return written;
        }

        var directory = await graph.ReadDirectoryAsync(id, cancellationToken);
        directories.Add(id, directory);
        return directory;
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken)
    {
        if (_contents.TryGetValue(id, out var known) || _read.TryGetValue(id, out known))
        {
            return known.Length <= limitBytes ? known : null;
        }

        if (await contents.ReadAsync(id, limitBytes, cancellationToken) is not { } bytes)
        {
            return null;
        }

        if ((_readBytes += bytes.Length) > MaxReadBytes)
        {
            _read.Clear();
            _readBytes = bytes.Length;
        }

        _read[id] = bytes;
        return bytes;
    }

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
}
