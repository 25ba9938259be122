using System.Text.Json;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Tests.Faults;
using W0rktree.TestKit;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>A pruned beginning becomes a checkpoint of count and last hash; what is left is still a chain.</summary>
public sealed class ReflogPruneTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pruned_log_begins_after_its_checkpoint_and_goes_on()
    {
        await using var store = await _folder.OpenAsync(segmentBytes: 512);
        await WriteAsync(store, 1, 9);
        var fourth = store.Reflog.Find(4)!;

        var pruning = await store.PruneReflogAsync(4, default);

        Assert.Equal(new ReflogPruning(4, new ReflogHead(4, fourth.Hash)), pruning);
        Assert.Equal(pruning.Pruned, store.Reflog.Pruned);
        Assert.Equal([9UL, 8UL, 7UL, 6UL, 5UL], store.Reflog.NewestFirst().Select(entry => entry.Sequence));
        Assert.Equal(fourth.Hash, store.Reflog.Find(5)!.Previous);
        Assert.Null(store.Reflog.Find(4));
        await WriteAsync(store, 10, 12);
        await CheckAsync(store, pruned: 4, head: 12);
        Assert.Equal(3UL, (await store.PruneReflogAsync(7, default)).Entries);
        await CheckAsync(store, pruned: 7, head: 12);
    }

    [Fact]
    public async Task The_checkpoint_is_there_after_a_restart_and_the_old_file_is_gone()
    {
        await using (var store = await _folder.OpenAsync(segmentBytes: 512))
        {
            await WriteAsync(store, 1, 9);
            await store.PruneReflogAsync(6, default);
            await WriteAsync(store, 10, 10);
        }

        await using var again = await _folder.OpenAsync(segmentBytes: 512);
        await CheckAsync(again, pruned: 6, head: 10);
        Assert.Equal(["00000002.wtr"], Directory.GetFiles(Path.Combine(_folder.Path, "state"), "*.wtr").Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_newest_entry_stays_and_what_was_pruned_is_pruned_once()
    {
        await using var store = await _folder.OpenAsync();
        Assert.Equal(default, await store.PruneReflogAsync(10, default));
        await WriteAsync(store, 1, 5);
        Assert.Equal(4UL, (await store.PruneReflogAsync(100, default)).Entries);
        await CheckAsync(store, pruned: 4, head: 5);
        Assert.Equal(0UL, (await store.PruneReflogAsync(3, default)).Entries);
        Assert.Equal(0UL, (await store.PruneReflogAsync(4, default)).Entries);
        await CheckAsync(store, pruned: 4, head: 5);
    }

    [Fact]
    public async Task A_reader_that_began_before_goes_on_to_the_old_beginning()
    {
        await using var store = await _folder.OpenAsync();
        await WriteAsync(store, 1, 6);
        await store.PackAsync(closeActive: true, default);
        using var reader = store.Reflog.NewestFirst().GetEnumerator();
        Assert.True(reader.MoveNext());
        await store.PruneReflogAsync(4, default);
        var rest = 0;
        while (reader.MoveNext())
        {
            rest++;
        }

        Assert.Equal(5, rest);
    }

    [Fact]
    public async Task A_damaged_entry_stops_it_and_the_store_goes_on()
    {
        await using (var store = await _folder.OpenAsync())
        {
            await WriteAsync(store, 1, 6);
            await store.PackAsync(closeActive: true, default);
        }

        var path = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "state"), "*.wtr"));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await using var again = await _folder.OpenAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => again.PruneReflogAsync(2, default));
        Assert.Equal(0UL, again.Reflog.Pruned.Sequence);
        await WriteAsync(again, 7, 7);
    }

    [Fact]
    public async Task Wherever_pruning_is_cut_off_the_log_has_its_beginning_or_the_checkpoint()
    {
        HashSet<ulong> found = [];
        for (var failAt = 0; ; failAt++)
        {
            using StoreFolder folder = new();
            LossyFiles files = new();
            StoreOptions options = new() { Files = files, SegmentBytes = 512 };
            var store = (await ObjectStore.OpenAsync(folder.Path, options, default)).Value;
            await WriteAsync(store, 1, 9);
            files.FailAfter = failAt;
            try
            {
                await store.PruneReflogAsync(5, default);
            }
            catch (IOException)
            {
                // The disk has failed.
            }

            var afterwards = files.LosePower(new Random(failAt));
            await store.DisposeAsync();
            await using var again = (await ObjectStore.OpenAsync(folder.Path, options with { Files = afterwards }, default)).Value;
            found.Add(again.Reflog.Pruned.Sequence);
            await CheckAsync(again, again.Reflog.Pruned.Sequence, head: 9);
            await WriteAsync(again, 10, 11);
            await again.PruneReflogAsync(8, default);
            await CheckAsync(again, pruned: 8, head: 11);
            if (!files.HasFailed)
            {
                Assert.True(failAt > 8, "pruning has more steps than that");
                Assert.Equal([0UL, 5UL], found.Order());
                return;
            }
        }
    }

    /// <summary>docs/format/verify_vectors.py makes the same bytes from the page alone.</summary>
    [Fact]
    public async Task The_files_of_the_vectors_are_written_and_read_as_they_stand_there()
    {
        using var vectors = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "docs/format/vectors.json")));
        foreach (var vector in vectors.RootElement.GetProperty("reflogs").EnumerateArray())
        {
            var pruned = vector.GetProperty("pruned");
            ReflogHead checkpoint = new(pruned.GetProperty("entries").GetUInt64(), ContentHash.Parse(pruned.GetProperty("last_hash").GetString()!));
            var previous = checkpoint.Hash;
            List<byte[]> entries = [];
            foreach (var entry in vector.GetProperty("entries").EnumerateArray())
            {
                ReflogDraft draft = new(entry.GetProperty("operation").GetString()!, entry.GetProperty("details").GetString()!, [.. entry.GetProperty("changes").EnumerateArray().Select(Change)]);
                SnapshotTime time = new(entry.GetProperty("time_ms").GetInt64(), entry.GetProperty("zone_minutes").GetInt16());
                entries.Add(ReflogCodec.Encode(draft, entry.GetProperty("sequence").GetUInt64(), time, previous));
                previous = ReflogCodec.TryDecode(entries[^1])!.Hash;
                Assert.Equal(entry.GetProperty("hash").GetString(), previous.ToString());
            }

            using var file = ReflogFile.Create(StoreFiles.Default, _folder.Path, 7, checkpoint);
            var length = file.Append(ReflogFile.HeaderBytes, entries);
            Assert.Equal(vector.GetProperty("file").GetString(), Convert.ToHexStringLower(await File.ReadAllBytesAsync(file.Path)));
            ReflogView view = new(file, new ReflogMark(7, length, checkpoint.Sequence + (ulong)entries.Count, previous), _folder.Path);
            Assert.Equal(entries.Count, view.NewestFirst().Count());
        }
    }

    private static RefChange Change(JsonElement change)
    {
        ContentHash? Side(string name) => change.GetProperty(name).GetString() is { } id ? ContentHash.Parse(id) : null;
        return new RefChange(change.GetProperty("name").GetString()!, Side("before"), Side("after"));
    }

    private static async Task WriteAsync(ObjectStore store, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            await using var transaction = store.Begin();
            transaction.Put("refs", $"{i}", Bytes($"{i}"));
            transaction.AppendReflog("test", $$"""{"n":{{i}}}""", []);
            await transaction.CommitAsync(default);
        }
    }

    private static async Task CheckAsync(ObjectStore store, ulong pruned, ulong head)
    {
        Assert.Equal(pruned, store.Reflog.Pruned.Sequence);
        Assert.Equal(head, store.Reflog.Head.Sequence);
        Assert.Equal((int)(head - pruned), store.Reflog.NewestFirst().Count());
        Assert.Equal((int)head, store.Scan("refs", "").Count());
        var report = await store.VerifyAsync(null, default);
        Assert.True(report.IsHealthy, $"{string.Join("; ", report.Damage)}");
    }
}
