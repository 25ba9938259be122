using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

using W0rktree.Storage.Reflog;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_committed_is_there_after_reopening()
    {
        ContentHash id;
        await using (var store = await _folder.OpenAsync())
        {
            using var transaction = store.Begin();
            id = await transaction.WriteAsync("hello");
            transaction.Put("refs", "branch/main", Bytes("1"));
            transaction.AppendReflog("snapshot", "{\"n\":1}", [new RefChange("branch/main", null, id)]);
            await transaction.CommitAsync(default);
        }

        await using var again = await _folder.OpenAsync();
        Assert.Equal("hello", await again.TextAsync(id));
        Assert.Equal("1", again.Text("refs", "branch/main"));
        var entry = Assert.Single(again.Reflog.NewestFirst());
        Assert.Equal(("snapshot", 1ul, id), (entry.Operation, entry.Sequence, entry.Changes[0].After!.Value));
        Assert.True((await again.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task What_was_not_committed_is_neither_visible_nor_kept()
    {
        ContentHash id;
        await using (var store = await _folder.OpenAsync())
        {
            using var transaction = store.Begin();
            id = await transaction.WriteAsync("given up");
            transaction.Put("refs", "x", Bytes("1"));
            Assert.False(store.Contains(id));
            Assert.Null(await store.TryReadAsync(id, default));
        }

        await using var again = await _folder.OpenAsync();
        Assert.False(again.Contains(id));
        Assert.Null(again.Get("refs", "x"));
    }

    [Fact]
    public async Task A_second_store_on_the_same_folder_is_refused_and_names_the_owner()
    {
        await using var store = await _folder.OpenAsync();

        var second = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions(), default);

        Assert.Equal("store_locked", second.Error.Code);
        Assert.Contains($"pid {Environment.ProcessId}", second.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_not_as_expected_refuses_the_whole_transaction()
    {
        await using var store = await _folder.OpenAsync();
        using (var first = store.Begin())
        {
            first.Put("refs", "main", Bytes("1"), expected: null);
            await first.CommitAsync(default);
        }

        using var second = store.Begin();
        var id = await second.WriteAsync("of the second");
        second.Put("refs", "other", Bytes("x"));
        second.Put("refs", "main", Bytes("2"), expected: null);

        var conflict = await Assert.ThrowsAsync<MetaConflictException>(() => second.CommitAsync(default));
        Assert.Equal("main", conflict.Key);
        Assert.Equal("1", store.Text("refs", "main"));
        Assert.Null(store.Get("refs", "other"));
        Assert.False(store.Contains(id));
    }

    [Fact]
    public async Task Of_many_that_race_for_one_row_exactly_one_wins_each_round()
    {
        await using var store = await _folder.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            byte[]? expected = round == 0 ? null : Bytes($"{round - 1}");
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var transaction = store.Begin();
                transaction.Put("refs", "main", Bytes($"{round}"), expected);
                try
                {
                    await transaction.CommitAsync(default);
                    return 1;
                }
                catch (MetaConflictException)
                {
                    return 0;
                }
            }));
            Assert.Equal(1, outcomes.Sum());
        }
    }

    [Fact]
    public async Task Writers_on_eight_threads_keep_everything()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<(ContentHash Id, string Text)>();
        await using (var store = await _folder.OpenAsync(segmentBytes: 8 * 1024))
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (writer, _) =>
            {
                for (var i = 0; i < 50; i++)
                {
                    var text = $"{writer}/{i} {new string('x', 500)}{Guid.NewGuid()}";
                    ids.Add((await store.AddAsync(text), text));
                }
            });
        }

        await using var again = await _folder.OpenAsync(segmentBytes: 8 * 1024);
        foreach (var (id, text) in ids)
        {
            Assert.Equal(text, await again.TextAsync(id));
        }

        Assert.True(Directory.GetFiles(_folder.Journal, "*.wtj").Length > 1);
        Assert.True((await again.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task Metadata_and_reflog_go_on_over_many_segments_and_reopenings()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var store = await _folder.OpenAsync(segmentBytes: 4096);
            for (var i = 0; i < 40; i++)
            {
                using var transaction = store.Begin();
                await transaction.WriteAsync($"{round} {i} {Guid.NewGuid()}");
                transaction.Put("refs", $"r{i}", Bytes($"{round}"));
                transaction.AppendReflog("op", $"{round}", []);
                await transaction.CommitAsync(default);
            }
        }

        await using var last = await _folder.OpenAsync(segmentBytes: 4096);
        Assert.Equal(40, last.Scan("refs", "r").Count());
        Assert.All(last.Scan("refs", "r"), row => Assert.Equal("4", System.Text.Encoding.UTF8.GetString(row.Value.Span)));
        Assert.Equal(200, last.Reflog.NewestFirst().Count());
        Assert.Equal(200, last.ObjectCount);
        Assert.True(last.Recovery.ReplayedCommits < 200);
    }

    [Fact]
    public async Task A_scan_lists_the_rows_of_a_prefix_in_order()
    {
        await using var store = await _folder.OpenAsync();
        using (var transaction = store.Begin())
        {
            foreach (var key in new[] { "line/b", "branch/z", "branch/a", "branch", "branch/m/n" })
            {
                transaction.Put("refs", key, Bytes(key));
            }

            transaction.Put("other", "branch/x", Bytes("x"));
            await transaction.CommitAsync(default);
        }

        Assert.Equal(["branch/a", "branch/m/n", "branch/z"], store.Scan("refs", "branch/").Select(row => row.Key));
    }

    [Fact]
    public async Task Bytes_that_are_not_the_object_are_refused()
    {
        await using var store = await _folder.OpenAsync();
        using var transaction = store.Begin();

        await Assert.ThrowsAsync<CorruptObjectException>(async () => await transaction.WriteAsync(ObjectKind.Content, ContentHash.OfContent("a"u8), Bytes("b"), default));
        await Assert.ThrowsAsync<CorruptObjectException>(async () => await transaction.WriteAsync(ObjectKind.Directory, ContentHash.OfContent("a"u8), Bytes("b"), default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10 * 1024 * 1024)]
    [InlineData((10 * 1024 * 1024) + 1)]
    [InlineData(23_456_789)]
    public async Task Content_of_any_size_comes_back_and_is_named_by_its_hash(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        await using var store = await _folder.OpenAsync();
        WrittenContent written;
        using (var transaction = store.Begin())
        {
            written = await transaction.WriteContentAsync(new MemoryStream(bytes), default);
            await transaction.CommitAsync(default);
        }

        Assert.Equal((ContentHash.OfContent(bytes), (long)size), (written.Id, written.SizeBytes));
        await using var content = await store.OpenContentAsync(written.Id, default);
        Assert.Equal(size, content!.Length);
        var read = new byte[size];
        await content.ReadExactlyAsync(read);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
    }

    [Theory]
    [InlineData(1024 * 1024, 64 * 1024, 1_048_576, 0)]
    [InlineData(1024 * 1024, 64 * 1024, 1_048_577, 9)]
    [InlineData(1024 * 1024, 64 * 1024, 23_456_789, 200)]
    [InlineData(1024 * 1024, 1024 * 1024, 23_456_789, 9)]
    [InlineData(5_000_000, 100_000, 11_000_001, 60)]
    public async Task Content_is_cut_as_the_rules_say_and_comes_back(int threshold, int target, int size, int least)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        await using var store = await _folder.OpenAsync();
        WrittenContent written;
        using (var transaction = store.Begin())
        {
            written = await transaction.WriteContentAsync(new Trickle(bytes), CuttingRules.Of(threshold, target), default);
            await transaction.CommitAsync(default);
        }

        Assert.Equal((ContentHash.OfContent(bytes), (long)size), (written.Id, written.SizeBytes));
        var stored = await store.TryReadAsync(written.Id, default);
        var chunks = stored!.Kind == ObjectKind.ChunkList ? ChunkList.Decode(written.Id, stored.Bytes.Span).Chunks : [];
        Assert.InRange(chunks.Length, least, Math.Max(0, least * 4));
        Assert.All(chunks, chunk => Assert.InRange(chunk.LengthBytes, 1, target * 4));
        await using var content = await store.OpenContentAsync(written.Id, default);
        var read = new byte[size];
        await content!.ReadExactlyAsync(read);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
    }

    /// <summary>Gives what it holds in pieces of odd lengths, as a pipe does.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 70_001)], cancellationToken);
    }

    [Fact]
    public async Task An_edit_of_a_large_file_stores_only_the_chunks_around_it()
    {
        var bytes = new byte[24 * 1024 * 1024];
        new Random(5).NextBytes(bytes);
        await using var store = await _folder.OpenAsync();
        await AddAsync(store, bytes);
        var before = store.DiskBytes();
        bytes.AsSpan(12_000_000, 1000).Fill(7);

        await AddAsync(store, bytes);

        Assert.InRange(store.DiskBytes() - before, 1, 9 * 1024 * 1024);

        static async Task AddAsync(ObjectStore store, byte[] content)
        {
            using var transaction = store.Begin();
            await transaction.WriteContentAsync(new MemoryStream(content), default);
            await transaction.CommitAsync(default);
        }
    }

    [Fact]
    public async Task Nothing_is_stored_twice()
    {
        await using var store = await _folder.OpenAsync();
        await store.AddAsync("same");
        var before = store.DiskBytes();

        await store.AddAsync("same");

        Assert.Equal(before, store.DiskBytes());
    }
}
