using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Tests.Faults;

namespace W0rktree.Storage.Tests;

/// <summary>Packs of a history: small, bounded to read, merged, and read back by themselves.</summary>
public sealed class DeltaTests : IDisposable
{
    private const int Versions = 120;
    private readonly StoreFolder _folder = new();

    private string Packs => Path.Combine(_folder.Path, "packs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_history_of_small_changes_takes_a_fraction_of_its_versions()
    {
        await using var store = await _folder.OpenAsync();
        var tip = await FillAsync(store, Versions);
        var report = await store.PackAsync(closeActive: true, default);

        // 120 versions of 10 KB, hardly compressible: as whole objects they are over 500 KB.
        Assert.InRange(report.PackBytes, 1, 120_000);
        Assert.Equal(0, store.UnpackedObjects);
        await store.ReadAllAsync(tip);
        await store.CompactAsync(default);
        await store.ReadAllAsync(tip);
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task No_chain_is_longer_than_the_limit_and_a_long_history_goes_on_from_half_way()
    {
        await using var store = await _folder.OpenAsync();
        await FillAsync(store, Versions);
        await store.PackAsync(closeActive: true, default);

        var entries = Entries();

        Assert.Equal(DeltaLimits.Depth, entries.Max(entry => entry.Depth));
        Assert.True(entries.Count(entry => entry is { Kind: ObjectKind.Content, Depth: 0 }) <= 2, "a chain that is full begins again with a whole copy");
    }

    [Fact]
    public async Task A_chain_of_large_versions_is_cut_by_what_it_costs_to_read()
    {
        await using var store = await _folder.OpenAsync();
        var bytes = new byte[6 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        SnapshotId? tip = null;
        for (var i = 0; i < 12; i++)
        {
            bytes[i * 1000] ^= 1;
            tip = await store.RecordAsync("main", tip, ("large", Convert.ToBase64String(bytes)));
        }

        await store.PackAsync(closeActive: true, default);

        Assert.All(Entries().Where(entry => entry.Kind == ObjectKind.Content), entry => Assert.InRange((entry.Depth + 0L) * entry.RawBytes, 0, DeltaLimits.ChainBytes));
        await store.ReadAllAsync(tip!.Value);
    }

    [Fact]
    public async Task Merging_keeps_the_number_of_packs_small_and_joins_their_chains()
    {
        await using var store = await _folder.OpenAsync();
        SnapshotId? tip = null;
        long apart = 0;
        for (var i = 0; i < 40; i++)
        {
            tip = await store.RecordAsync("main", tip, ("file", Histories.Source(1, i)));
            apart += (await store.PackAsync(closeActive: true, default)).PackBytes;
            await store.MergePacksAsync(default);
            Assert.InRange(store.PackCount, 1, 6);
        }

        await store.CompactAsync(default);

        Assert.Equal(1, store.PackCount);
        Assert.InRange(new FileInfo(Directory.GetFiles(Packs, "*.wtp").Single()).Length, 1, apart / 4);
        await store.ReadAllAsync(tip!.Value);
        Assert.Equal(0, (await store.CompactAsync(default)).Merged);
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task A_lost_index_of_deltas_directories_and_chunks_is_made_again_from_the_pack()
    {
        SnapshotId tip;
        await using (var store = await _folder.OpenAsync())
        {
            tip = await FillAsync(store, 10);
            var bytes = new byte[11 * 1024 * 1024];
            new Random(2).NextBytes(bytes);
            await using var transaction = store.Begin();
            await transaction.WriteContentAsync(bytes, default);
            await transaction.CommitAsync(default);
            await store.PackAsync(closeActive: true, default);
        }

        var index = Directory.GetFiles(Packs, "*.wti").Single();
        var before = await File.ReadAllBytesAsync(index);
        File.Delete(index);

        await using var again = await _folder.OpenAsync();

        Assert.Equal(before, await File.ReadAllBytesAsync(index));
        await again.ReadAllAsync(tip);
    }

    [Fact]
    public async Task A_pack_whose_index_is_lost_and_that_is_damaged_is_named_and_kept()
    {
        await using (var store = await _folder.OpenAsync())
        {
            await FillAsync(store, 5);
            await store.PackAsync(closeActive: true, default);
        }

        var pack = Directory.GetFiles(Packs, "*.wtp").Single();
        var bytes = await File.ReadAllBytesAsync(pack);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes);
        File.Delete(Directory.GetFiles(Packs, "*.wti").Single());

        await using var again = await _folder.OpenAsync();

        Assert.Contains(again.Recovery.Damage, damage => damage.File == pack);
        Assert.True(File.Exists(pack));
        Assert.False((await again.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task Wherever_merging_or_compacting_is_cut_off_nothing_is_lost()
    {
        for (var failAt = 0; ; failAt++)
        {
            using StoreFolder folder = new();
            LossyFiles files = new();
            StoreOptions options = new() { Files = files };
            var store = (await ObjectStore.OpenAsync(folder.Path, options, default)).Value;
            SnapshotId? tip = null;
            for (var i = 0; i < 3; i++)
            {
                tip = await store.RecordAsync("main", tip, ("file", Histories.Source(1, i)));
                await store.PackAsync(closeActive: true, default);
            }

            files.FailAfter = failAt;
            try
            {
                await (failAt % 2 == 0 ? store.MergePacksAsync(default) : store.CompactAsync(default));
            }
            catch (IOException)
            {
                // That step did not come to be.
            }

            var afterwards = files.LosePower(new Random(failAt));
            await store.DisposeAsync();
            await using var again = (await ObjectStore.OpenAsync(folder.Path, options with { Files = afterwards }, default)).Value;
            Assert.Equal(12, again.ObjectCount);
            Assert.Equal(12, await again.ReadAllAsync(tip!.Value));
            Assert.True((await again.VerifyAsync(null, default)).IsHealthy, $"step {failAt}");
            if (!files.HasFailed)
            {
                Assert.True(failAt > 8, "merging has more steps than that");
                return;
            }
        }
    }

    private static async Task<SnapshotId> FillAsync(ObjectStore store, int versions)
    {
        SnapshotId? tip = null;
        for (var i = 0; i < versions; i++)
        {
            tip = await store.RecordAsync("main", tip, ("file", Histories.Source(1, i)), ("other", Histories.Source(2, 0)));
        }

        return tip!.Value;
    }

    private PackEntry[] Entries()
    {
        using var pack = PackFile.TryOpen(StoreFiles.Default, Directory.GetFiles(Packs, "*.wtp").Single(), [])!;
        return [.. pack.Index.All().Select(entry => pack.ReadEntry(entry.Place.Offset, entry.Place.EntryBytes)!)];
    }
}
