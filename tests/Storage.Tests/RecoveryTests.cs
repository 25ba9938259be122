using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>Stores of several segments: what may be lost or damaged, and what is then still right.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const int SegmentBytes = 1500;
    private const int Commits = 30;
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Segments => [.. Directory.GetFiles(_folder.Journal, "*.wtj").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Without_the_indexes_of_segments_everything_is_found_by_scanning()
    {
        await FillAsync();
        foreach (var index in Directory.GetFiles(_folder.Journal, "*.wti"))
        {
            File.Delete(index);
        }

        await AssertCompleteAsync();
    }

    [Fact]
    public async Task A_damaged_index_of_a_segment_is_not_believed()
    {
        await FillAsync();
        var index = Directory.GetFiles(_folder.Journal, "*.wti").Order(StringComparer.Ordinal).ElementAt(2);
        var whole = await File.ReadAllBytesAsync(index);
        for (var bit = 0; bit < whole.Length * 8; bit += 501)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(index, damaged);
            await AssertCompleteAsync();
        }
    }

    [Fact]
    public async Task A_damaged_newest_checkpoint_costs_a_longer_replay_and_is_reported()
    {
        await FillAsync();
        var newest = Directory.GetFiles(Path.Combine(_folder.Path, "state"), "*.wts").Order(StringComparer.Ordinal).Last();
        var bytes = await File.ReadAllBytesAsync(newest);
        bytes[^50] ^= 4;
        await File.WriteAllBytesAsync(newest, bytes);

        await using var store = await _folder.OpenAsync(SegmentBytes);

        await AssertCompleteAsync(store);
        Assert.Equal(newest, Assert.Single(store.Recovery.Damage).File);
    }

    [Fact]
    public async Task Without_any_checkpoint_the_whole_journal_is_replayed()
    {
        await FillAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(_folder.Path, "state")))
        {
            File.Delete(file);
        }

        await AssertCompleteAsync();
    }

    [Fact]
    public async Task Objects_that_many_threads_wrote_at_once_make_a_whole_commit()
    {
        // On a busy machine threads that start together need not meet: more objects, until two have.
        const int RoundObjects = 200, MostRounds = 50;
        var count = 0;
        await using (var store = await _folder.OpenAsync())
        {
            await using var transaction = store.Begin();
            for (var round = 0; transaction.AppendedObjects == count && round < MostRounds; round++)
            {
                var contents = Enumerable.Range(count, RoundObjects).Select(i => Bytes($"content {i} {new string('x', 50_000)}")).ToArray();
                count += contents.Length;
                using Barrier start = new(4);
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        foreach (var content in contents)
                        {
                            start.SignalAndWait();
                            transaction.WriteHashed(ObjectKind.Content, ContentHash.OfContent(content), content, default);
                        }
                    },
                    TaskCreationOptions.LongRunning)));
            }

            Assert.True(transaction.AppendedObjects > count, "no two threads wrote the same object at once");
            await transaction.CommitAsync(default);
        }

        await using var again = await _folder.OpenAsync();
        Assert.Empty(again.Recovery.Damage);
        Assert.Equal(count, again.ObjectCount);
    }

    [Fact]
    public async Task A_missing_segment_is_refused_and_named()
    {
        await FillAsync();
        File.Delete(Segments[3]);

        var opened = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { SegmentBytes = SegmentBytes }, default);

        Assert.Equal("store_damaged", opened.Error.Code);
        Assert.Contains("00000005.wtj", opened.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_header_never_makes_a_segment_look_unused()
    {
        await FillAsync();
        foreach (var segment in (string[])[Segments[0], Segments[^1]])
        {
            var whole = await File.ReadAllBytesAsync(segment);
            for (var at = 0; at < 80; at++)
            {
                var damaged = (byte[])whole.Clone();
                damaged[at] ^= 16;
                await File.WriteAllBytesAsync(segment, damaged);
                var opened = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { SegmentBytes = SegmentBytes }, default);
                Assert.True(!opened.IsOk, $"{segment} at {at}");
                Assert.Equal("store_damaged", opened.Error.Code);
            }

            await File.WriteAllBytesAsync(segment, whole);
        }

        await AssertCompleteAsync();
    }

    [Fact]
    public async Task The_last_segment_cut_anywhere_gives_some_acknowledged_state_or_is_refused()
    {
        await FillAsync();
        var last = Segments[^1];
        var whole = await File.ReadAllBytesAsync(last);
        for (var length = 81; length < whole.Length; length++)
        {
            using var copy = _folder.Copy();
            await File.WriteAllBytesAsync(Path.Combine(copy.Journal, Path.GetFileName(last)), whole[..length]);
            var opened = await ObjectStore.OpenAsync(copy.Path, new StoreOptions { SegmentBytes = SegmentBytes }, default);
            if (!opened.IsOk)
            {
                // The checkpoint knows of a commit that is no longer there.
                Assert.Equal("store_damaged", opened.Error.Code);
                continue;
            }

            await using var store = opened.Value;
            await AssertStateAsync(store, int.Parse(store.Text("refs", "count")!), $"cut at {length}");
        }
    }

    [Fact]
    public async Task Segments_of_a_transaction_that_never_committed_are_dropped()
    {
        var folder = _folder;
        ContentHash kept = default;
        using StoreFolder copy = await CrashInStreamAsync();

        await using var store = await copy.OpenAsync(SegmentBytes);

        Assert.Single(Directory.GetFiles(copy.Journal, "*.wtj"));
        Assert.True(store.Recovery.DroppedBytes > 10 * SegmentBytes);
        Assert.Equal("kept", await store.TextAsync(kept));
        Assert.Equal(1, store.ObjectCount);

        async Task<StoreFolder> CrashInStreamAsync()
        {
            await using var open = await folder.OpenAsync(SegmentBytes);
            kept = await open.AddAsync("kept");
            using var endless = open.Begin();
            Random random = new(1);
            for (var i = 0; i < 40; i++)
            {
                var bytes = new byte[800];
                random.NextBytes(bytes);
                var id = ContentHash.OfContent(bytes);
                await endless.WriteAsync(ObjectKind.Content, id, bytes, default);

                // Its own transaction reads it, which also writes the buffer out; nobody else sees it.
                Assert.NotNull(await endless.TryReadAsync(id, default));
                Assert.Null(await open.TryReadAsync(id, default));
            }

            return folder.Copy();
        }
    }

    [Fact]
    public async Task Transactions_that_interleave_over_segments_are_kept_or_dropped_each_on_its_own()
    {
        Dictionary<ContentHash, bool> expected = [];
        await using (var store = await _folder.OpenAsync(SegmentBytes))
        {
            var transactions = Enumerable.Range(0, 6).Select(_ => store.Begin()).ToArray();
            Random random = new(3);
            for (var i = 0; i < 60; i++)
            {
                var text = string.Concat(Enumerable.Range(0, 50).Select(_ => $"{random.Next():x}"));
                expected[await transactions[i % 6].WriteAsync(text)] = i % 6 % 2 == 0;
            }

            for (var i = 5; i >= 0; i--)
            {
                if (i % 2 == 0)
                {
                    await transactions[i].CommitAsync(default);
                }

                transactions[i].Dispose();
            }

            Assert.All(expected, pair => Assert.Equal(pair.Value, store.Contains(pair.Key)));
            await store.AddAsync("one more, so that segments are sealed");
        }

        for (var i = 0; i < 3; i++)
        {
            await using var again = await _folder.OpenAsync(SegmentBytes);
            Assert.All(expected, pair => Assert.Equal(pair.Value, again.Contains(pair.Key)));
            await again.AddAsync($"and more {i}");
        }
    }

    private async Task FillAsync()
    {
        await using var store = await _folder.OpenAsync(SegmentBytes);
        for (var i = 1; i <= Commits; i++)
        {
            using var transaction = store.Begin();
            await transaction.WriteAsync(Content(i));
            transaction.Put("refs", "count", Bytes($"{i}"));
            transaction.AppendReflog("add", $"{i}", []);
            await transaction.CommitAsync(default);
        }

        Assert.True(Segments.Length > 6);
    }

    private static string Content(int i)
    {
        Random random = new(i);
        return string.Concat(Enumerable.Range(0, 40).Select(_ => $"{random.Next():x}"));
    }

    private async Task AssertCompleteAsync()
    {
        await using var store = await _folder.OpenAsync(SegmentBytes);
        await AssertCompleteAsync(store);
        Assert.Empty(store.Recovery.Damage);
    }

    private static Task AssertCompleteAsync(ObjectStore store) => AssertStateAsync(store, Commits, "complete");

    private static async Task AssertStateAsync(ObjectStore store, int count, string where)
    {
        Assert.True($"{count}" == store.Text("refs", "count"), where);
        Assert.True(count == store.Reflog.NewestFirst().Count(), where);
        for (var i = 1; i <= Commits; i++)
        {
            Assert.True((i <= count ? Content(i) : null) == await store.TextAsync(ContentHash.OfContent(Bytes(Content(i)))), $"{where}: object {i}");
        }
    }
}
