using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Tests.Faults;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>Segments that become packs, and what a crash in between leaves.</summary>
public sealed class PackTests : IDisposable
{
    private const int SegmentBytes = 4096;
    private readonly StoreFolder _folder = new();

    private string Packs => Path.Combine(_folder.Path, "packs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packing_moves_every_object_of_closed_segments_and_removes_them()
    {
        ContentHash[] ids;
        await using (var store = await _folder.OpenAsync(SegmentBytes))
        {
            ids = await FillAsync(store);
            var report = await store.PackAsync(default);

            Assert.True(report.SegmentsRemoved > 3);
            Assert.True(report.Objects > 20);
            Assert.Empty(report.Damage);
            Assert.Equal(new FileInfo(Directory.GetFiles(Packs, "*.wtp").Single()).Length, report.PackBytes);
            Assert.True(Directory.GetFiles(_folder.Journal, "*.wtj").Length <= 2);
            await AssertAllAsync(store, ids);
        }

        await using var again = await _folder.OpenAsync(SegmentBytes);
        await AssertAllAsync(again, ids);
        Assert.Equal("39", again.Text("refs", "last"));
        Assert.Equal(40, again.Reflog.NewestFirst().Count());
        Assert.True((await again.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task Packing_again_makes_another_pack_of_what_came_since()
    {
        await using var store = await _folder.OpenAsync(SegmentBytes);
        var first = await FillAsync(store, "a");
        await store.PackAsync(default);
        var second = await FillAsync(store, "b");
        await store.PackAsync(default);
        var nothing = await store.PackAsync(default);

        Assert.Equal(2, Directory.GetFiles(Packs, "*.wtp").Length);
        Assert.Equal(0, nothing.Objects);
        await AssertAllAsync(store, [.. first, .. second]);
    }

    [Fact]
    public async Task A_pack_is_named_by_its_trailer_which_is_the_hash_of_what_is_before()
    {
        await using var store = await _folder.OpenAsync(SegmentBytes);
        await FillAsync(store);
        await store.PackAsync(default);

        var path = Directory.GetFiles(Packs, "*.wtp").Single();
        var bytes = await File.ReadAllBytesAsync(path);

        Assert.Equal(Path.GetFileNameWithoutExtension(path), Convert.ToHexStringLower(bytes[^32..]));
        Assert.Equal(ContentHash.OfContent(bytes.AsSpan()[..^32]), ContentHash.FromBytes(bytes.AsSpan()[^32..]));
    }

    [Fact]
    public async Task Readers_go_on_while_objects_move_into_a_pack()
    {
        await using var store = await _folder.OpenAsync(SegmentBytes);
        var ids = await FillAsync(store);
        using CancellationTokenSource done = new();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            do
            {
                await AssertAllAsync(store, ids);
            }
            while (!done.IsCancellationRequested);
        })).ToArray();

        for (var i = 0; i < 5; i++)
        {
            ids = [.. ids, .. await FillAsync(store, $"round {i} ")];
            await store.PackAsync(default);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        await AssertAllAsync(store, ids);
    }

    [Fact]
    public async Task Wherever_packing_is_cut_off_nothing_is_lost()
    {
        for (var failAt = 0; ; failAt++)
        {
            using StoreFolder folder = new();
            LossyFiles files = new();
            StoreOptions options = new() { Files = files, SegmentBytes = SegmentBytes };
            var store = (await ObjectStore.OpenAsync(folder.Path, options, default)).Value;
            var ids = await FillAsync(store);
            files.FailAfter = failAt;
            try
            {
                await store.PackAsync(default);
            }
            catch (IOException)
            {
                // That step did not come to be.
            }

            var afterwards = files.LosePower(new Random(failAt));
            await store.DisposeAsync();
            await using var again = (await ObjectStore.OpenAsync(folder.Path, options with { Files = afterwards }, default)).Value;
            await AssertAllAsync(again, ids);
            Assert.True((await again.VerifyAsync(null, default)).IsHealthy, $"step {failAt}");
            if (!files.HasFailed)
            {
                Assert.True(failAt > 15, "packing has more steps than that");
                return;
            }
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_pack_or_its_index_is_noticed_or_harmless()
    {
        ContentHash[] ids;
        await using (var store = await _folder.OpenAsync(SegmentBytes))
        {
            ids = await FillAsync(store);
            await store.PackAsync(default);
        }

        foreach (var file in Directory.GetFiles(Packs))
        {
            var whole = await File.ReadAllBytesAsync(file);
            for (var bit = 0; bit < whole.Length * 8; bit += 997)
            {
                using var copy = _folder.Copy();
                var damaged = (byte[])whole.Clone();
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                await File.WriteAllBytesAsync(Path.Combine(copy.Path, "packs", Path.GetFileName(file)), damaged);
                await using var store = await copy.OpenAsync(SegmentBytes);
                var wrong = 0;
                foreach (var id in ids)
                {
                    try
                    {
                        var found = await store.TryReadAsync(id, default);
                        Assert.True(found is null || ContentHash.OfContent(found.Bytes.Span) == id, $"{file} bit {bit}");
                        wrong += found is null ? 1 : 0;
                    }
                    catch (CorruptObjectException)
                    {
                        wrong++;
                    }
                }

                var report = await store.VerifyAsync(null, default);
                Assert.True(wrong == 0 || !report.IsHealthy, $"{file} bit {bit}: {wrong} objects are wrong and nobody says so");
                Assert.True(!file.EndsWith(".wtp", StringComparison.Ordinal) || !report.IsHealthy, $"{file} bit {bit}: unnoticed");
            }
        }
    }

    [Fact]
    public async Task A_lost_index_is_made_again_from_its_pack()
    {
        ContentHash[] ids;
        await using (var store = await _folder.OpenAsync(SegmentBytes))
        {
            ids = await FillAsync(store);
            await store.PackAsync(default);
        }

        var index = Directory.GetFiles(Packs, "*.wti").Single();
        var before = await File.ReadAllBytesAsync(index);
        File.Delete(index);

        await using var again = await _folder.OpenAsync(SegmentBytes);

        await AssertAllAsync(again, ids);
        Assert.Equal(before, await File.ReadAllBytesAsync(index));
    }

    [Fact]
    public async Task A_damaged_object_keeps_its_segment_and_the_others_are_packed()
    {
        ContentHash[] ids;
        await using (var store = await _folder.OpenAsync(SegmentBytes))
        {
            ids = await FillAsync(store);
        }

        var segment = Directory.GetFiles(_folder.Journal, "*.wtj").Order(StringComparer.Ordinal).ElementAt(1);
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[400] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);

        await using var again = await _folder.OpenAsync(SegmentBytes);
        var report = await again.PackAsync(default);

        Assert.Equal(segment, Assert.Single(report.Damage).File);
        Assert.True(File.Exists(segment));
        Assert.Equal(1, report.SegmentsRemoved);
        var readable = 0;
        foreach (var id in ids)
        {
            try
            {
                readable += await again.TryReadAsync(id, default) is null ? 0 : 1;
            }
            catch (CorruptObjectException e)
            {
                Assert.Equal(report.Damage[0].Id, e.Id);
            }
        }

        Assert.Equal(ids.Length - 1, readable);
    }

    private static async Task<ContentHash[]> FillAsync(ObjectStore store, string prefix = "")
    {
        List<ContentHash> ids = [];
        Random random = new(prefix.Length + 7);
        for (var i = 0; i < 40; i++)
        {
            using var transaction = store.Begin();
            ids.Add(await transaction.WriteAsync($"{prefix} small {i}"));
            ids.Add(await transaction.WriteAsync(string.Concat(Enumerable.Range(0, 400).Select(_ => (char)('a' + random.Next(26))))));
            transaction.Put("refs", "last", Bytes($"{i}"));
            transaction.AppendReflog("fill", "{}", []);
            await transaction.CommitAsync(default);
        }

        return [.. ids];
    }

    private static async Task AssertAllAsync(ObjectStore store, ContentHash[] ids)
    {
        foreach (var id in ids)
        {
            var found = await store.TryReadAsync(id, default);
            Assert.True(found is not null && ContentHash.OfContent(found.Bytes.Span) == id, $"object {id}");
        }
    }
}
