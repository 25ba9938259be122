using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage.Collection;
using W0rktree.TestKit;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>Makes histories of snapshots and names their references as roots.</summary>
internal static class Histories
{
    /// <summary>Records a snapshot of files in two folders and moves a reference to it, in one transaction.</summary>
    public static async Task<SnapshotId> RecordAsync(this ObjectStore store, string branch, SnapshotId? parent, params (string Name, string Content)[] files)
    {
        await using var transaction = store.Begin();
        var id = await transaction.RecordAsync(parent, files);
        transaction.Put("refs", branch, Bytes(id.ToString()));
        transaction.AppendReflog("snapshot", "{}", [new(branch, parent?.Hash, id.Hash)]);
        await transaction.CommitAsync(default);
        return id;
    }

    /// <summary>Writes a snapshot of a root and a folder <c>sub</c> with the same files.</summary>
    public static async Task<SnapshotId> RecordAsync(this StoreTransaction transaction, SnapshotId? parent, params (string Name, string Content)[] files)
    {
        List<DirectoryEntry> entries = [];
        foreach (var (name, content) in files)
        {
            var written = await transaction.WriteContentAsync(Bytes(content), default);
            entries.Add(new DirectoryEntry(EntryName.Create(Bytes(name)).Value, EntryKind.File, (ulong)written.SizeBytes, written.Id, []));
        }

        var sub = await WriteAsync(transaction, DirectoryObject.Of(entries));
        var root = await WriteAsync(transaction, DirectoryObject.Of([.. entries, new DirectoryEntry(EntryName.Create("sub"u8).Value, EntryKind.Directory, 0, sub, [])]));
        ImmutableArray<SnapshotId> parents = parent is { } before ? [before] : [];
        var snapshot = Snapshots.Make(root, parents: parents, message: string.Join(' ', files.Select(file => file.Name)));
        await transaction.WriteAsync(ObjectKind.Snapshot, snapshot.Id.Hash, SnapshotCodec.Encode(snapshot), default);
        return snapshot.Id;
    }

    /// <summary>The table of references as roots.</summary>
    public static IReadOnlyList<GarbageRoot> Roots(this ObjectStore store) => [.. store.Scan("refs", "")
        .Select(row => new GarbageRoot(row.Key, GarbageRootKind.Reference, ContentHash.Parse(Encoding.ASCII.GetString(row.Value.Span))))];

    /// <summary>A text that changes a little from version to version.</summary>
    public static string Source(int file, int version)
    {
        Random random = new(file);
        StringBuilder text = new();
        for (var line = 0; line < 200; line++)
        {
            text.Append($"line {line} of {file}: {random.Next():x8} {random.Next():x8}\n");
            if (line == version % 200)
            {
                text.Append($"    changed in version {version}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Reads everything that a snapshot reaches, which throws where something is missing or damaged.</summary>
    public static async Task<int> ReadAllAsync(this ObjectStore store, SnapshotId tip)
    {
        ObjectGraph graph = new(store);
        HashSet<ContentHash> seen = [];
        Stack<SnapshotId> open = new([tip]);
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id.Hash))
            {
                continue;
            }

            var snapshot = await graph.ReadSnapshotAsync(id, default);
            foreach (var parent in snapshot.Parents)
            {
                open.Push(parent);
            }

            await ReadDirectoryAsync(graph, snapshot.Root, seen);
        }

        return seen.Count;
    }

    private static async Task ReadDirectoryAsync(ObjectGraph graph, ContentHash id, HashSet<ContentHash> seen)
    {
        if (!seen.Add(id))
        {
            return;
        }

        foreach (var entry in (await graph.ReadDirectoryAsync(id, default)).Entries)
        {
            if (entry.Kind == EntryKind.Directory)
            {
                await ReadDirectoryAsync(graph, entry.Hash, seen);
            }
            else if (seen.Add(entry.Hash))
            {
                Assert.NotNull(await graph.Reader.TryReadAsync(entry.Hash, default));
            }
        }
    }

    private static async Task<ContentHash> WriteAsync(StoreTransaction transaction, DirectoryObject directory)
    {
        var encoding = DirectoryCodec.Encode(directory);
        foreach (var page in encoding.Pages)
        {
            await transaction.WriteAsync(ObjectKind.Page, page.Id, page.Bytes, default);
        }

        await transaction.WriteAsync(ObjectKind.Directory, encoding.Id, encoding.Bytes, default);
        return encoding.Id;
    }
}
