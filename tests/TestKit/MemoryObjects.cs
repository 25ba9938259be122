using System.Collections.Concurrent;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeMerge;

namespace W0rktree.TestKit;

/// <summary>Keeps objects in memory and offers what tests need to build trees from text.</summary>
public sealed class MemoryObjects : IObjectReader, IObjectWriter, IContentSource
{
    private readonly ConcurrentDictionary<ContentHash, StoredObject> _objects = new();

    /// <summary>Gets how many objects are held.</summary>
    public int Count => _objects.Count;

    /// <summary>Gets how many reads were answered.</summary>
    public int Reads { get; private set; }

    /// <summary>Gets the graph on top of this store.</summary>
    public ObjectGraph Graph => new(this);

    /// <inheritdoc/>
    public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        Reads++;
        return ValueTask.FromResult(_objects.GetValueOrDefault(id));
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ObjectKind kind, ContentHash id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _objects.TryAdd(id, new StoredObject(kind, bytes.ToArray()));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken)
    {
        var bytes = _objects.TryGetValue(id, out var found) ? found.Bytes : throw new MissingObjectException(id, "a test");
        return ValueTask.FromResult(bytes.Length <= limitBytes ? bytes : (ReadOnlyMemory<byte>?)null);
    }

    /// <summary>Forgets an object, to see what its absence does.</summary>
    public void Remove(ContentHash id) => _objects.TryRemove(id, out _);

    /// <summary>Lists the ids that are held.</summary>
    public IReadOnlyCollection<ContentHash> Ids => [.. _objects.Keys];

    /// <summary>Writes content.</summary>
    public ContentHash Content(string text) => Content(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes content.</summary>
    public ContentHash Content(byte[] bytes)
    {
        var id = ContentHash.OfContent(bytes);
        _objects.TryAdd(id, new StoredObject(ObjectKind.Content, bytes));
        return id;
    }

    /// <summary>Reads content as text.</summary>
    public string Text(ContentHash id) => Encoding.UTF8.GetString(_objects[id].Bytes.Span);

    /// <summary>
    /// Writes a tree given as path → content. A content that starts with <c>!x </c> is an executable file, with
    /// <c>!l </c> a symlink to the rest.
    /// </summary>
    public async Task<ContentHash> TreeAsync(IReadOnlyDictionary<string, string> files)
    {
        var root = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (path, content) in files)
        {
            var parts = path.Split('/');
            var at = root;
            foreach (var part in parts[..^1])
            {
                at = (Dictionary<string, object>)(at.TryGetValue(part, out var next) ? next : at[part] = new Dictionary<string, object>(StringComparer.Ordinal));
            }

            at[parts[^1]] = content;
        }

        return await WriteAsync(root);
    }

    /// <summary>Lists a tree as path → content, in the form that <see cref="TreeAsync"/> takes.</summary>
    public async Task<SortedDictionary<string, string>> ListAsync(ContentHash root)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await ListAsync(root, TreePath.Root, files);
        return files;
    }

    private async Task ListAsync(ContentHash id, TreePath at, SortedDictionary<string, string> files)
    {
        foreach (var entry in (await Graph.ReadDirectoryAsync(id, CancellationToken.None)).Entries)
        {
            var path = at.Append(entry.Name);
            if (entry.Kind == EntryKind.Directory)
            {
                await ListAsync(entry.Hash, path, files);
                continue;
            }

            var prefix = entry.Kind switch { EntryKind.Executable => "!x ", EntryKind.Symlink => "!l ", _ => "" };
            files[path.ToString()] = prefix + Text(entry.Hash);
        }
    }

    private async Task<ContentHash> WriteAsync(Dictionary<string, object> directory)
    {
        var entries = new List<DirectoryEntry>();
        foreach (var (name, value) in directory)
        {
            var entryName = EntryName.Create(name).Value;
            entries.Add(value is Dictionary<string, object> nested
                ? new DirectoryEntry(entryName, EntryKind.Directory, 0, await WriteAsync(nested))
                : File(entryName, (string)value));
        }

        return await this.WriteDirectoryAsync(DirectoryObject.Of(entries), CancellationToken.None);
    }

    private DirectoryEntry File(EntryName name, string text)
    {
        var kind = text.StartsWith("!x ", StringComparison.Ordinal) ? EntryKind.Executable
            : text.StartsWith("!l ", StringComparison.Ordinal) ? EntryKind.Symlink
            : EntryKind.File;
        var bytes = Encoding.UTF8.GetBytes(kind == EntryKind.File ? text : text[3..]);
        return new DirectoryEntry(name, kind, (ulong)bytes.Length, Content(bytes));
    }
}
