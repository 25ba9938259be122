using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>What a crash, a full disk or a flipped bit may leave behind, and what the next start makes of it.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Commits = 4;
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cut_at_every_byte_the_store_is_as_after_some_commit_and_never_in_between()
    {
        await FillAsync();
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var whole = await File.ReadAllBytesAsync(journal);
        var seen = new HashSet<int>();
        for (var length = 0; length <= whole.Length; length++)
        {
            using var copy = _folder.Copy();
            await File.WriteAllBytesAsync(Path.Combine(copy.Journal, Path.GetFileName(journal)), whole[..length]);

            await using var store = await copy.OpenAsync();

            seen.Add(await StateAsync(store, $"cut at {length}"));
        }

        Assert.Equal(Enumerable.Range(0, Commits + 1), seen.Order());
    }

    [Fact]
    public async Task After_a_torn_end_the_store_takes_new_work_that_lasts()
    {
        await FillAsync();
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var whole = await File.ReadAllBytesAsync(journal);
        for (var length = whole.Length - 300; length < whole.Length; length += 7)
        {
            using var copy = _folder.Copy();
            await File.WriteAllBytesAsync(Path.Combine(copy.Journal, Path.GetFileName(journal)), whole[..length]);
            ContentHash id;
            await using (var store = await copy.OpenAsync())
            {
                id = await store.AddAsync("after the crash");
            }

            await using var again = await copy.OpenAsync();
            Assert.Equal("after the crash", await again.TextAsync(id));
            Assert.Empty(again.Recovery.Damage);
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_the_journal_is_noticed_or_harmless()
    {
        await FillAsync();
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var whole = await File.ReadAllBytesAsync(journal);
        for (var bit = 0; bit < whole.Length * 8; bit += 29)
        {
            using var copy = _folder.Copy();
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(Path.Combine(copy.Journal, Path.GetFileName(journal)), damaged);

            var opened = await ObjectStore.OpenAsync(copy.Path, new StoreOptions(), default);

            if (!opened.IsOk)
            {
                Assert.Equal("store_damaged", opened.Error.Code);
                continue;
            }

            // Wherever it opens, what it gives is right; what it cannot give, it names.
            await using var store = opened.Value;
            for (var i = 1; i <= Commits; i++)
            {
                try
                {
                    var text = await store.TextAsync(ContentHash.OfContent(Bytes(Content(i))));
                    Assert.True(text is null || text == Content(i), $"bit {bit}");
                }
                catch (CorruptObjectException)
                {
                    // Named: that is what is asked of it.
                }
            }
        }
    }

    [Fact]
    public async Task A_damaged_commit_that_was_acknowledged_is_never_taken_for_a_torn_end()
    {
        await FillAsync();
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var bytes = await File.ReadAllBytesAsync(journal);

        // The last 32 bytes are the note that the last commit was acknowledged; the commit's own record ends before it.
        bytes[^64] ^= 1;
        await File.WriteAllBytesAsync(journal, bytes);

        var opened = await ObjectStore.OpenAsync(_folder.Path, new StoreOptions(), default);
        if (opened.IsOk)
        {
            await using var store = opened.Value;
            Assert.NotEmpty(store.Recovery.Damage);
        }
        else
        {
            Assert.Equal("store_damaged", opened.Error.Code);
        }
    }

    [Fact]
    public async Task A_hole_in_front_of_an_unacknowledged_commit_drops_that_commit_whole()
    {
        // The disk wrote the commit's page and not the page of its object: legal, since nothing was synced yet.
        await FillAsync();
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var bytes = (await File.ReadAllBytesAsync(journal))[..^32];
        var at = bytes.AsSpan().LastIndexOf(Bytes(Content(Commits)));
        bytes.AsSpan(at - 64, 64 + Content(Commits).Length).Clear();
        await File.WriteAllBytesAsync(journal, bytes);

        await using var store = await _folder.OpenAsync();

        Assert.Equal(Commits - 1, await StateAsync(store, "hole"));
    }

    [Fact]
    public async Task A_failed_sync_stops_the_store_and_the_next_start_recovers()
    {
        var files = new FailingFiles();
        var store = (await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = files }, default)).Value;
        var kept = await store.AddAsync("kept");
        files.FailSyncs = true;

        await Assert.ThrowsAsync<StorePoisonedException>(() => store.AddAsync("lost"));
        files.FailSyncs = false;
        await Assert.ThrowsAsync<StorePoisonedException>(() => store.AddAsync("never tried again"));
        await Assert.ThrowsAsync<StorePoisonedException>(async () => await store.TryReadAsync(kept, default));
        await store.DisposeAsync();

        await using var again = await _folder.OpenAsync();
        Assert.Equal("kept", await again.TextAsync(kept));
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_nothing_acknowledged_is_lost()
    {
        var files = new FailingFiles();
        var store = (await ObjectStore.OpenAsync(_folder.Path, new StoreOptions { Files = files }, default)).Value;
        var kept = await store.AddAsync("kept");
        files.FailWrites = true;

        await Assert.ThrowsAsync<StorePoisonedException>(() => store.AddAsync("no room"));
        await store.DisposeAsync();

        await using var again = await _folder.OpenAsync();
        Assert.Equal("kept", await again.TextAsync(kept));
        Assert.True((await again.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task A_damaged_object_is_named_and_healed_by_writing_it_again()
    {
        await FillAsync();
        var id = ContentHash.OfContent(Bytes(Content(2)));
        var journal = Directory.GetFiles(_folder.Journal, "*.wtj").Single();
        var bytes = await File.ReadAllBytesAsync(journal);
        var at = bytes.AsSpan().IndexOf(Bytes(Content(2)));
        Assert.True(at > 0);
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(journal, bytes);

        await using var store = await _folder.OpenAsync();
        var report = await store.VerifyAsync(null, default);

        Assert.Contains(report.Damage, damage => damage.Id == id);
        Assert.False(store.Contains(id));
        await store.AddAsync(Content(2));
        Assert.Equal(Content(2), await store.TextAsync(id));
    }

    // Short and random, so that it is stored as it is.
    private static string Content(int i) => $"content {i}";

    private async Task FillAsync()
    {
        await using var store = await _folder.OpenAsync();
        for (var i = 1; i <= Commits; i++)
        {
            using var transaction = store.Begin();
            await transaction.WriteAsync(Content(i));
            await transaction.WriteAsync($"second of {i}");
            transaction.Put("refs", "count", Bytes($"{i}"));
            transaction.AppendReflog("add", $"{i}", []);
            await transaction.CommitAsync(default);
        }
    }

    /// <summary>Gives after how many commits the store stands, having checked that all of it stands there.</summary>
    private static async Task<int> StateAsync(ObjectStore store, string where)
    {
        var count = store.Text("refs", "count") is { } text ? int.Parse(text) : 0;
        for (var i = 1; i <= Commits; i++)
        {
            foreach (var content in new[] { Content(i), $"second of {i}" })
            {
                var found = await store.TextAsync(ContentHash.OfContent(Bytes(content)));
                Assert.True(found == (i <= count ? content : null), $"{where}: object '{content}' after {count} commits");
            }
        }

        Assert.True(store.Reflog.NewestFirst().Count() == count, where);
        Assert.True(store.Recovery.Damage.Count == 0, where);
        return count;
    }

    private sealed class FailingFiles : IStoreFiles
    {
        private readonly IStoreFiles _files = StoreFiles.Default;

        public bool FailSyncs { get; set; }

        public bool FailWrites { get; set; }

        public void CreateFolder(string folder) => _files.CreateFolder(folder);

        public IReadOnlyList<string> ListFiles(string folder) => _files.ListFiles(folder);

        public bool Exists(string path) => _files.Exists(path);

        public IStoreFile Create(string path) => new FailingFile(this, _files.Create(path));

        public IStoreFile Open(string path) => new FailingFile(this, _files.Open(path));

        public void Rename(string from, string to) => _files.Rename(from, to);

        public void Delete(string path) => _files.Delete(path);

        public void SyncFolder(string folder) => _files.SyncFolder(folder);

        private sealed class FailingFile(FailingFiles owner, IStoreFile file) : IStoreFile
        {
            public string Path => file.Path;

            public long Length => file.Length;

            public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

            public void Write(ReadOnlySpan<byte> buffer, long offset)
            {
                if (owner.FailWrites)
                {
                    throw new IOException("ENOSPC: No space left on device");
                }

                file.Write(buffer, offset);
            }

            public void SetLength(long length) => file.SetLength(length);

            public void SyncData()
            {
                if (owner.FailSyncs)
                {
                    throw new IOException("EIO: Input/output error");
                }

                file.SyncData();
            }

            public void Dispose() => file.Dispose();
        }
    }
}
