using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Knows which commit a snapshot was imported from or exported as, both ways. The file <c>git/commits</c> of the store keeps
/// it; where it is missing or damaged, the imported part is read again from the snapshots, which know their commits, and
/// exporting gives the same ids again. Not thread safe.
/// </summary>
internal sealed class GitIdMap
{
    private const int RecordBytes = GitId.SizeBytes + ContentHash.SizeBytes;
    private static readonly byte[] s_magic = "wtgitmap1\n"u8.ToArray();

    private readonly Dictionary<GitId, SnapshotId> _snapshots = [];
    private readonly Dictionary<SnapshotId, GitId> _commits = [];

    /// <summary>Gets the number of pairs.</summary>
    public int Count => _snapshots.Count;

    /// <summary>Gets the commits.</summary>
    public IReadOnlyCollection<GitId> Commits => _snapshots.Keys;

    /// <summary>Gets all pairs.</summary>
    public IEnumerable<KeyValuePair<GitId, SnapshotId>> Pairs => _snapshots;

    /// <summary>Gets the file of a store's map.</summary>
    public static string FileOf(ObjectStore store) => Path.Combine(store.Folder, "git", "commits");

    /// <summary>Finds the snapshot of a commit.</summary>
    public SnapshotId? Find(GitId commit) => _snapshots.TryGetValue(commit, out var id) ? id : null;

    /// <summary>Finds the commit of a snapshot.</summary>
    public GitId? Find(SnapshotId snapshot) => _commits.TryGetValue(snapshot, out var id) ? id : null;

    /// <summary>Adds a pair. A commit that came back from git keeps the snapshot that it was made of.</summary>
    public void Add(GitId commit, SnapshotId snapshot)
    {
        _snapshots.TryAdd(commit, snapshot);
        _commits[snapshot] = commit;
    }

    /// <summary>Loads a store's map.</summary>
    public static async Task<GitIdMap> LoadAsync(ObjectStore store, CancellationToken cancellationToken)
    {
        var path = FileOf(store);
        if (File.Exists(path) && TryParse(await File.ReadAllBytesAsync(path, cancellationToken), store) is { } map)
        {
            return map;
        }

        return await RebuildAsync(store, cancellationToken);
    }

    /// <summary>Writes the map, atomically.</summary>
    public async Task SaveAsync(ObjectStore store, CancellationToken cancellationToken)
    {
        var path = FileOf(store);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var bytes = new byte[s_magic.Length + (Count * RecordBytes) + ContentHash.SizeBytes];
        s_magic.CopyTo(bytes, 0);
        var at = s_magic.Length;
        foreach (var (commit, snapshot) in _snapshots.OrderBy(pair => pair.Key))
        {
            commit.CopyTo(bytes.AsSpan(at));
            snapshot.Hash.CopyTo(bytes.AsSpan(at + GitId.SizeBytes));
            at += RecordBytes;
        }

        ContentHash.OfContent(bytes.AsSpan(0, at)).CopyTo(bytes.AsSpan(at));
        await AtomicFile.WriteAsync(path, bytes, 0x180, cancellationToken);
    }

    // A map that names a snapshot the store does not have belongs to another state of the store, as after a restored backup.
    private static GitIdMap? TryParse(byte[] bytes, ObjectStore store)
    {
        var end = bytes.Length - ContentHash.SizeBytes;
        if (end < s_magic.Length || (end - s_magic.Length) % RecordBytes != 0 || !bytes.AsSpan().StartsWith(s_magic)
            || ContentHash.OfContent(bytes.AsSpan(0, end)) != ContentHash.FromBytes(bytes.AsSpan(end)))
        {
            return null;
        }

        var map = new GitIdMap();
        for (var at = s_magic.Length; at < end; at += RecordBytes)
        {
            var snapshot = new SnapshotId(ContentHash.FromBytes(bytes.AsSpan(at + GitId.SizeBytes, ContentHash.SizeBytes)));
            if (!store.Contains(snapshot.Hash))
            {
                return null;
            }

            map.Add(GitId.FromBytes(bytes.AsSpan(at)), snapshot);
        }

        return map;
    }

    private static async Task<GitIdMap> RebuildAsync(ObjectStore store, CancellationToken cancellationToken)
    {
        var map = new GitIdMap();
        var graph = new ObjectGraph(store);
        var waiting = new Stack<SnapshotId>(new StoreRefs(store).List("").Select(pair => pair.Value));
        var seen = new HashSet<SnapshotId>(waiting);
        while (waiting.TryPop(out var id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await graph.TryReadSnapshotAsync(id, cancellationToken) is not { } snapshot)
            {
                continue;
            }

            if (CommitRecord.TryRead(snapshot) is { } record)
            {
                map.Add(record.Id, id);
            }

            foreach (var parent in snapshot.Parents.Where(seen.Add))
            {
                waiting.Push(parent);
            }
        }

        return map;
    }
}
