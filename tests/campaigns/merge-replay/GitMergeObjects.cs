using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeMerge;

namespace W0rktree.Campaigns.MergeReplay;

/// <summary>
/// Lets the product's merge work on git's objects: reads them through <c>git cat-file --batch</c>, and keeps what a merge writes
/// in memory under the id that git would give it.
/// </summary>
internal sealed class GitMergeObjects : IMergeObjects, IDisposable
{
    private const int MaxCachedDirectories = 400_000;
    private const long MaxCachedBytes = 1L << 30;
    private static readonly ContentHash EmptyBlob = GitIds.FromHex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");

    private readonly System.Diagnostics.Process _git;
    private readonly Dictionary<ContentHash, DirectoryObject> _directories = [];
    private readonly Dictionary<ContentHash, byte[]> _contents = [];
    private readonly Dictionary<ContentHash, DirectoryObject> _writtenDirectories = [];
    private readonly Dictionary<ContentHash, byte[]> _writtenContents = [];
    private long _cachedBytes;

    public GitMergeObjects(string repository) => _git = GitProcess.Start(repository, "cat-file", "--batch");

    /// <summary>Forgets what the last merge wrote.</summary>
    public void Forget()
    {
        _writtenDirectories.Clear();
        _writtenContents.Clear();
    }

    public ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (_writtenDirectories.TryGetValue(id, out var directory) || _directories.TryGetValue(id, out directory))
        {
            return ValueTask.FromResult(directory);
        }

        if (_directories.Count >= MaxCachedDirectories)
        {
            _directories.Clear();
        }

        return ValueTask.FromResult(_directories[id] = Parse(Read(id)));
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken)
    {
        if (!_writtenContents.TryGetValue(id, out var bytes) && !_contents.TryGetValue(id, out bytes))
        {
            bytes = Read(id);
            if ((_cachedBytes += bytes.Length) > MaxCachedBytes)
            {
                _contents.Clear();
                _cachedBytes = bytes.Length;
            }

            _contents[id] = bytes;
        }

        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(bytes.Length <= limitBytes ? bytes : null);
    }

    public ValueTask<ContentHash> WriteDirectoryAsync(DirectoryObject directory, CancellationToken cancellationToken)
    {
        var tree = new MemoryStream();
        foreach (var entry in directory.Entries.Order(GitOrder.Instance))
        {
            tree.Write(Encoding.ASCII.GetBytes(Mode(entry.Kind) + " "));
            tree.Write(entry.Name.Bytes);
            tree.WriteByte(0);
            tree.Write(GitIds.Bytes(entry.Hash));
        }

        var id = Id("tree", tree.ToArray());
        _writtenDirectories[id] = directory;
        return ValueTask.FromResult(id);
    }

    public ValueTask<ContentHash> WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = Id("blob", content.Span);
        _writtenContents[id] = content.ToArray();
        return ValueTask.FromResult(id);
    }

    public void Dispose()
    {
        _git.StandardInput.Close();
        _git.Dispose();
    }

    private static ContentHash Id(string kind, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {bytes.Length}\0")));
        hash.AppendData(bytes);
        return GitIds.FromBytes(hash.GetHashAndReset());
    }

    private byte[] Read(ContentHash id)
    {
        var input = _git.StandardInput.BaseStream;
        input.Write(Encoding.ASCII.GetBytes(GitIds.Hex(id) + "\n"));
        input.Flush();
        var output = _git.StandardOutput.BaseStream;
        var header = new StringBuilder();
        for (var next = output.ReadByte(); next is not '\n'; next = output.ReadByte())
        {
            header.Append(next < 0 ? throw new EndOfStreamException("git cat-file ended.") : (char)next);
        }

        var words = header.ToString().Split(' ');
        var bytes = new byte[words.Length == 3 ? int.Parse(words[2], CultureInfo.InvariantCulture) : throw new MissingObjectException(id, "the replay")];
        output.ReadExactly(bytes);
        return output.ReadByte() == '\n' ? bytes : throw new InvalidDataException("git cat-file lost its place.");
    }

    private static DirectoryObject Parse(ReadOnlySpan<byte> tree)
    {
        var entries = new List<DirectoryEntry>();
        while (!tree.IsEmpty)
        {
            var space = tree.IndexOf((byte)' ');
            var end = tree.IndexOf((byte)0);
            var name = EntryName.Create(tree[(space + 1)..end]);
            var id = GitIds.FromBytes(tree.Slice(end + 1, GitIds.SizeBytes));
            entries.Add(Entry(name.Value, Kind(tree[..space]), id));
            tree = tree[(end + 1 + GitIds.SizeBytes)..];
        }

        return DirectoryObject.Of(entries);
    }

    /// <summary>Makes an entry of what git says of a file.</summary>
    public static DirectoryEntry Entry(EntryName name, string mode, ContentHash id) => Entry(name, Kind(Encoding.ASCII.GetBytes(mode)), id);

    /// <summary>Git does not keep sizes in directories; the merge asks only whether a file is empty.</summary>
    private static DirectoryEntry Entry(EntryName name, EntryKind kind, ContentHash id) => kind == EntryKind.ForeignLink
        ? new DirectoryEntry(name, kind, 0, id, [new EntryField(EntryField.ForeignTarget, [(byte)'.'])])
        : new DirectoryEntry(name, kind, kind.HasContent && id != EmptyBlob ? 1u : 0u, id);

    private static EntryKind Kind(ReadOnlySpan<byte> mode) => Encoding.ASCII.GetString(mode) switch
    {
        "40000" => EntryKind.Directory,
        "120000" => EntryKind.Symlink,
        "160000" => EntryKind.ForeignLink,
        "100755" => EntryKind.Executable,
        _ => EntryKind.File,
    };

    private static string Mode(EntryKind kind) => kind switch
    {
        EntryKind.Directory => "40000",
        EntryKind.Symlink => "120000",
        EntryKind.ForeignLink => "160000",
        EntryKind.Executable => "100755",
        _ => "100644",
    };

    /// <summary>Git sorts a directory as if its name ended in a slash.</summary>
    private sealed class GitOrder : IComparer<DirectoryEntry>
    {
        public static readonly GitOrder Instance = new();

        public int Compare(DirectoryEntry? x, DirectoryEntry? y) => Key(x!).AsSpan().SequenceCompareTo(Key(y!));

        private static byte[] Key(DirectoryEntry entry) => entry.Kind == EntryKind.Directory ? [.. entry.Name.Bytes, (byte)'/'] : entry.Name.Bytes.ToArray();
    }
}
