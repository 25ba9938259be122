using W0rktree.Core.Identity;
using static W0rktree.Storage.Tests.StoreShortcuts;

namespace W0rktree.Storage.Tests;

/// <summary>Damaged copies are replaced once a good one is there, and never before.</summary>
public sealed class ScrubTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_written_again_after_damage_in_a_pack_makes_the_store_whole()
    {
        var tip = await FillAsync();
        await DamageAsync(Assert.Single(Packs()));
        await using var store = await _folder.OpenAsync();
        var damaged = await store.VerifyAsync(null, default);
        Assert.False(damaged.IsHealthy);
        Assert.Contains(damaged.Damage, damage => damage.Id is { } id && store.IsLost(id));

        // Nothing is lost while there is no better copy.
        var before = Packs();
        Assert.Single((await store.ScrubAsync(setUnreadableAside: false, default)).Left);
        Assert.Equal(before, Packs());

        await RecordAsync(store);
        Assert.DoesNotContain(damaged.Damage, damage => damage.Id is { } id && store.IsLost(id));
        var scrubbed = await store.ScrubAsync(setUnreadableAside: false, default);

        Assert.Equal(before, scrubbed.Rewritten);
        var healed = await store.VerifyAsync(null, default);
        Assert.True(healed.IsHealthy, $"{string.Join("; ", healed.Damage)}");
        await store.ReadAllAsync(tip);
    }

    [Fact]
    public async Task A_damaged_journal_record_is_left_behind_when_the_object_is_there_again()
    {
        SnapshotId tip;
        await using (var store = await _folder.OpenAsync())
        {
            tip = await RecordAsync(store);
        }

        await DamageAsync(Assert.Single(Directory.GetFiles(_folder.Journal, "*.wtj")), at: 200);
        await using (var store = await _folder.OpenAsync())
        {
            Assert.NotEmpty(store.Recovery.Damage);
            await RecordAsync(store);
            await store.ScrubAsync(setUnreadableAside: false, default);
            var healed = await store.VerifyAsync(null, default);
            Assert.True(healed.IsHealthy, $"{string.Join("; ", healed.Damage)}");
        }

        await using var again = await _folder.OpenAsync();
        Assert.Empty(again.Recovery.Damage);
        await again.ReadAllAsync(tip);
    }

    [Fact]
    public async Task A_pack_that_cannot_be_read_at_all_is_set_aside_only_when_asked()
    {
        var tip = await FillAsync();
        var pack = Assert.Single(Packs());
        await DamageAsync(pack, at: 3);
        await using var store = await _folder.OpenAsync();
        await RecordAsync(store);
        await store.AddAsync("so that the new pack is not the very same file");
        Assert.Empty((await store.ScrubAsync(setUnreadableAside: false, default)).SetAside);
        Assert.True(File.Exists(pack));
        var scrubbed = await store.ScrubAsync(setUnreadableAside: true, default);
        var aside = Assert.Single(scrubbed.SetAside);
        Assert.False(File.Exists(pack));
        Assert.True(File.Exists(aside));
        Assert.True((await store.VerifyAsync(null, default)).IsHealthy);
        await store.ReadAllAsync(tip);
    }

    private string[] Packs() => Directory.GetFiles(Path.Combine(_folder.Path, "packs"), "*.wtp");

    private async Task<SnapshotId> FillAsync()
    {
        await using var store = await _folder.OpenAsync();
        var tip = await RecordAsync(store);
        await store.PackAsync(closeActive: true, default);
        return tip;
    }

    private static Task<SnapshotId> RecordAsync(ObjectStore store) =>
        store.RecordAsync("main", null, ("one", Histories.Source(1, 1)), ("two", Histories.Source(2, 1)), ("three", "short"));

    private static async Task DamageAsync(string path, int at = -1)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[at < 0 ? bytes.Length / 2 : at] ^= 0x40;
        await File.WriteAllBytesAsync(path, bytes);
    }
}
