using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Bench.StoreSize;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage;
using W0rktree.Storage.Reflog;

// usage: StoreSize GIT-REPOSITORY TIP COUNT STORE-FOLDER
// Records the last COUNT states of a line of a git repository as snapshots, as the agent does: one transaction each with the new
// objects, the moved line and an entry of the reflog; packs after every 1,000 objects; compacts at the end as `wt gc` does.
if (args is not [var repository, var tip, var countText, var folder])
{
    Console.Error.WriteLine("usage: StoreSize GIT-REPOSITORY TIP COUNT STORE-FOLDER");
    return 2;
}

const int PackThreshold = 1000;
using GitObjects git = new(repository);
var opened = await ObjectStore.OpenAsync(folder, new StoreOptions(), default);
if (!opened.IsOk)
{
    Console.Error.WriteLine(opened.Error);
    return 1;
}

await using var store = opened.Value;
Dictionary<string, KeyValuePair<ContentHash, ulong>> known = [];
var tree = TreeId.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
SnapshotId? last = null;
var started = Stopwatch.StartNew();
var commits = git.Commits(tip, int.Parse(countText, CultureInfo.InvariantCulture));
foreach (var commit in commits)
{
    await using (var transaction = store.Begin())
    {
        var text = Encoding.UTF8.GetString(git.Read(commit));
        var root = await DirectoryAsync(transaction, text[5..45]);
        var message = text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        var author = text[(text.IndexOf("author ", StringComparison.Ordinal) + 7)..];
        author = author[..(author.IndexOf('>', StringComparison.Ordinal) + 1)];
        SnapshotObject snapshot = new()
        {
            Root = root,
            Parents = last is { } parent ? [parent] : [],
            Tree = tree,
            Time = SnapshotTime.From(TimeProvider.System.GetLocalNow()),
            Kind = SnapshotKind.Manual,
            Author = Seal(author),
            Recorder = Seal(author),
            Message = Seal(message),
        };
        var id = snapshot.Id;
        await transaction.WriteAsync(ObjectKind.Snapshot, id.Hash, SnapshotCodec.Encode(snapshot), default);
        transaction.Put("refs", "line/0123456789abcdef/main", Encoding.ASCII.GetBytes(id.ToString()));
        transaction.AppendReflog("snapshot", """{"cause":"snapshot","copy":"0123456789abcdef"}""", [new RefChange("line/0123456789abcdef/main", last?.Hash, id.Hash)]);
        await transaction.CommitAsync(default);
        last = id;
    }

    if (store.UnpackedObjects >= PackThreshold)
    {
        await store.PackAsync(closeActive: true, default);
        await store.MergePacksAsync(default);
    }
}

Console.WriteLine($"snapshots {commits.Length}");
Console.WriteLine($"objects {store.ObjectCount}");
Console.WriteLine($"recorded_s {started.Elapsed.TotalSeconds:F1}");
await store.PackAsync(closeActive: true, default);
Console.WriteLine($"packs {store.PackCount}");
Console.WriteLine($"background_bytes {store.DiskBytes()}");
started.Restart();
await store.CompactAsync(default);
Console.WriteLine($"compact_s {started.Elapsed.TotalSeconds:F1}");
Console.WriteLine($"compact_bytes {store.DiskBytes()}");
started.Restart();
var report = await store.VerifyAsync(null, default);
Console.WriteLine($"verify_s {started.Elapsed.TotalSeconds:F1}");
Console.WriteLine($"healthy {report.IsHealthy}");
return report.IsHealthy ? 0 : 1;

async Task<ContentHash> DirectoryAsync(StoreTransaction transaction, string name)
{
    if (known.TryGetValue(name, out var found))
    {
        return found.Key;
    }

    List<DirectoryEntry> entries = [];
    foreach (var entry in git.Tree(name))
    {
        if (entry.Mode == "160000")
        {
            continue;
        }

        var isFolder = entry.Mode == "40000";
        if (!isFolder && !known.TryGetValue(entry.Object, out _))
        {
            var written = await transaction.WriteContentAsync(git.Read(entry.Object), default);
            known[entry.Object] = new(written.Id, (ulong)written.SizeBytes);
        }

        var hash = isFolder ? await DirectoryAsync(transaction, entry.Object) : known[entry.Object].Key;
        var kind = entry.Mode switch { "40000" => EntryKind.Directory, "100755" => EntryKind.Executable, "120000" => EntryKind.Symlink, _ => EntryKind.File };
        entries.Add(new DirectoryEntry(EntryName.Create(entry.Name).Value, kind, isFolder ? 0 : known[entry.Object].Value, hash, []));
    }

    var encoding = DirectoryCodec.Encode(DirectoryObject.Of(entries));
    foreach (var page in encoding.Pages)
    {
        await transaction.WriteAsync(ObjectKind.Page, page.Id, page.Bytes, default);
    }

    await transaction.WriteAsync(ObjectKind.Directory, encoding.Id, encoding.Bytes, default);
    known[name] = new(encoding.Id, 0);
    return encoding.Id;
}

static Withholdable Seal(string text) => Withholdable.Open(text, RandomNumberGenerator.GetBytes(Withholdable.SaltBytes));
