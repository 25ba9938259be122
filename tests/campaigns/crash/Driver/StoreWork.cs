using System.Globalization;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Reflog;

namespace W0rktree.CrashDriver;

/// <summary>What a store does.</summary>
internal sealed class StoreWork : IWork
{
    private const string Done = "done";
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);
    private static readonly byte[] Salt = new byte[Withholdable.SaltBytes];

    public IReadOnlyList<string> Operations { get; } = ["first", "snapshot", "pack", "merge", "compact", "gc", "prune"];

    /// <summary>Makes a store of several packs, a journal, garbage that waits.</summary>
    public async Task PrepareAsync(string operation, string folder)
    {
        if (operation == "first")
        {
            return;
        }

        await using var store = await OpenAsync(folder, TimeSpan.Zero);
        SnapshotId? tip = null;
        for (var i = 0; i < 8; i++)
        {
            tip = await RecordAsync(store, i % 3 == 2 ? "branch/side" : "branch/main", tip, i);
            if (i % 2 == 1)
            {
                await store.PackAsync(closeActive: true, default);
            }
        }

        await RecordAsync(store, "branch/dropped", null, 99);
        await using (var transaction = store.Begin())
        {
            transaction.Delete("refs", "branch/dropped");
            transaction.AppendReflog("delete", "{}", []);
            await transaction.CommitAsync(default);
        }

        await store.PackAsync(closeActive: operation is not "pack", default);
        await CollectAsync(store);
    }

    public async Task RunAsync(string operation, string folder, string acknowledgements)
    {
        await using var store = await OpenAsync(folder, Grace * 2);
        switch (operation)
        {
            case "first" or "snapshot":
                SnapshotId? tip = store.GetText("refs", "branch/main") is { } text ? SnapshotId.Parse(text) : null;
                for (var i = 0; i < 3; i++)
                {
                    tip = await RecordAsync(store, "branch/main", tip, 20 + i);
                    await File.AppendAllTextAsync(acknowledgements, $"{tip}\n");
                }

                break;
            case "pack":
                await store.PackAsync(closeActive: true, default);
                break;
            case "merge":
                await store.MergePacksAsync(default);
                break;
            case "compact":
                await store.CompactAsync(default);
                break;
            case "gc":
                await CollectAsync(store);
                break;
            case "prune":
                await store.PruneReflogAsync(store.Reflog.Head.Sequence / 2, default);
                break;
            default:
                throw new ArgumentException($"'{operation}' is no operation.", nameof(operation));
        }

        await File.AppendAllTextAsync(acknowledgements, $"{Done}\n");
    }

    public async Task RecoverAsync(string folder)
    {
        await using var store = await OpenAsync(folder, Grace * 2);
    }

    public async Task<string?> ProblemAsync(string operation, string folder, string[] acknowledged)
    {
        var opened = await ObjectStore.OpenAsync(folder, new StoreOptions(), default);
        if (!opened.IsOk)
        {
            return opened.Error.ToString();
        }

        await using var store = opened.Value;
        if (store.Recovery.Damage.Count > 0)
        {
            return $"recovery reports damage: {store.Recovery.Damage[0]}";
        }

        var branches = store.Scan("refs", "").Select(row => row.Key).ToArray();
        if (operation is not "first" && !branches.SequenceEqual(["branch/main", "branch/side"], StringComparer.Ordinal))
        {
            return $"the references are {string.Join(' ', branches)}";
        }

        HashSet<ContentHash> seen = [];
        foreach (var branch in branches)
        {
            await ReadAsync(store, SnapshotId.Parse(store.GetText("refs", branch)!), seen);
        }

        var lost = acknowledged.FirstOrDefault(id => id != Done && !seen.Contains(ContentHash.Parse(id)));
        if (lost is not null)
        {
            return $"snapshot {lost} was acknowledged, and no branch has it";
        }

        var report = await store.VerifyAsync(null, default);
        return report.IsHealthy ? null : $"not healthy: {report.Damage[0]}";
    }

    private static async Task<ObjectStore> OpenAsync(string folder, TimeSpan later)
    {
        var opened = await ObjectStore.OpenAsync(folder, new StoreOptions { Clock = new LaterClock(later) }, default);
        return opened.IsOk ? opened.Value : throw new IOException(opened.Error.ToString());
    }

    private static async Task CollectAsync(ObjectStore store)
    {
        GarbageRoot[] roots = [.. store.Scan("refs", "").Select(row => new GarbageRoot(row.Key, GarbageRootKind.Reference, ContentHash.Parse(Encoding.ASCII.GetString(row.Value.Span))))];
        var report = await store.CollectAsync(new CollectionRequest { Roots = () => roots, Grace = Grace }, default);
        if (!report.IsOk)
        {
            throw new IOException(report.Error.ToString());
        }
    }

    private static async Task<SnapshotId> RecordAsync(ObjectStore store, string branch, SnapshotId? parent, int version)
    {
        await using var transaction = store.Begin();
        List<DirectoryEntry> entries = [];
        foreach (var file in new[] { 1, 2 })
        {
            var text = string.Concat(Enumerable.Range(0, 60).Select(line => string.Create(CultureInfo.InvariantCulture, $"file {file} line {line}{(line == version * file % 60 ? $" changed in {version}" : "")}\n")));
            var written = await transaction.WriteContentAsync(Encoding.UTF8.GetBytes(text), default);
            entries.Add(new DirectoryEntry(EntryName.Create(Encoding.UTF8.GetBytes($"file{file}")).Value, EntryKind.File, (ulong)written.SizeBytes, written.Id, []));
        }

        var root = await transaction.WriteDirectoryAsync(DirectoryObject.Of(entries), default);
        var id = await transaction.WriteSnapshotAsync(
            new SnapshotObject
            {
                Root = root,
                Parents = parent is { } before ? [before] : [],
                Tree = default,
                Time = new SnapshotTime(1_700_000_000_000 + version, 0),
                Kind = SnapshotKind.Manual,
                Author = Withholdable.Open("Ada <ada@example.org>", Salt),
                Recorder = Withholdable.Open("Ada <ada@example.org>", Salt),
                Message = Withholdable.Open($"version {version}", Salt),
            },
            default);
        transaction.Put("refs", branch, Encoding.ASCII.GetBytes(id.ToString()));
        transaction.AppendReflog("snapshot", "{}", [new RefChange(branch, parent?.Hash, id.Hash)]);
        await transaction.CommitAsync(default);
        return id;
    }

    private static async Task ReadAsync(ObjectStore store, SnapshotId tip, HashSet<ContentHash> seen)
    {
        ObjectGraph graph = new(store);
        for (SnapshotId? next = tip; next is { } id && seen.Add(id.Hash);)
        {
            var snapshot = await graph.ReadSnapshotAsync(id, default);
            foreach (var entry in (await graph.ReadDirectoryAsync(snapshot.Root, default)).Entries)
            {
                _ = await store.TryReadAsync(entry.Hash, default) ?? throw new MissingObjectException(entry.Hash, $"snapshot {id}");
            }

            next = snapshot.Parents.IsEmpty ? null : snapshot.Parents[0];
        }
    }

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }
}
