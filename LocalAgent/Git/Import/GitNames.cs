using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Remembers what git calls the contents and directories that were imported, so that to name a tree takes no reading of its files. The
/// file <c>git/names</c> of the store keeps it; where it is missing or damaged, names are computed from the objects. What proves an import
/// (<see cref="GitBridge.VerifyAsync"/>) never asks here.
/// </summary>
internal static class GitNames
{
    private const int RecordBytes = ContentHash.SizeBytes + GitId.SizeBytes;
    private static readonly byte[] s_magic = "wtgitnam1\n"u8.ToArray();

    /// <summary>Reads the names of a store; none where there is no file.</summary>
    public static async Task<Dictionary<ContentHash, GitId>> LoadAsync(ObjectStore store, CancellationToken cancellationToken)
    {
        var path = FileOf(store);
        return File.Exists(path) ? Parse(await File.ReadAllBytesAsync(path, cancellationToken)) : [];
    }

    /// <summary>Adds names and writes the file anew, atomically.</summary>
    public static async Task AddAsync(ObjectStore store, IEnumerable<KeyValuePair<GitId, GitTarget>> known, CancellationToken cancellationToken)
    {
        var names = await LoadAsync(store, cancellationToken);
        var before = names.Count;
        foreach (var (id, target) in known)
        {
            // Of a pointer to a large file git names the pointer.
            if (target.Pointer is null)
            {
                names.TryAdd(target.Hash, id);
            }
        }

        if (names.Count == before)
        {
            return;
        }

        var bytes = new byte[s_magic.Length + (names.Count * RecordBytes) + ContentHash.SizeBytes];
        s_magic.CopyTo(bytes, 0);
        var at = s_magic.Length;
        foreach (var (hash, id) in names)
        {
            hash.CopyTo(bytes.AsSpan(at));
            id.CopyTo(bytes.AsSpan(at + ContentHash.SizeBytes));
            at += RecordBytes;
        }

        ContentHash.OfContent(bytes.AsSpan(0, at)).CopyTo(bytes.AsSpan(at));
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(store))!);
        await AtomicFile.WriteAsync(FileOf(store), bytes, 0x180, cancellationToken);
    }

    private static string FileOf(ObjectStore store) => Path.Combine(store.Folder, "git", "names");

    private static Dictionary<ContentHash, GitId> Parse(byte[] bytes)
    {
        var end = bytes.Length - ContentHash.SizeBytes;
        if (end < s_magic.Length || (end - s_magic.Length) % RecordBytes != 0 || !bytes.AsSpan().StartsWith(s_magic)
            || ContentHash.OfContent(bytes.AsSpan(0, end)) != ContentHash.FromBytes(bytes.AsSpan(end)))
        {
            return [];
        }

        var names = new Dictionary<ContentHash, GitId>((end - s_magic.Length) / RecordBytes);
        for (var at = s_magic.Length; at < end; at += RecordBytes)
        {
            names[ContentHash.FromBytes(bytes.AsSpan(at, ContentHash.SizeBytes))] = GitId.FromBytes(bytes.AsSpan(at + ContentHash.SizeBytes));
        }

        return names;
    }
}
