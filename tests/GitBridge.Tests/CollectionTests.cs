using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Sync;
using W0rktree.LocalAgent.StoreKeeping;
using W0rktree.Storage;

namespace W0rktree.GitBridge.Tests;

/// <summary>Everything that git gave is still there, and gives the same ids back, after garbage was collected and all packed.</summary>
public sealed class CollectionTests
{
    private static readonly TimeSpan Grace = Settings.Default.GracePeriod;

    [Fact]
    public async Task What_was_imported_comes_back_with_equal_ids_after_garbage_was_collected()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var blob = git.Object("blob", "a key\n");
        var first = git.Run("commit-tree", git.Tree(("f", blob)), "-m", "one");
        var second = git.Run("commit-tree", git.Tree(("f", git.Object("blob", "changed\n")), ("g", blob)), "-p", first, "-m", "two");
        git.Run("update-ref", "refs/heads/main", second);
        git.Run("update-ref", "refs/heads/old", first);
        git.Run("tag", "-a", "-m", "of a tag", "nested", git.Run("rev-parse", "main"));
        git.Run("tag", "-a", "-m", "of a file", "on-file", git.Object("blob", "only a tag has it\n"));
        git.Run("tag", "on-tree", git.Tree(("only-here", git.Object("blob", "only a tree has it\n"))));
        git.Run("tag", "-a", "-m", "not on any branch", "aside", git.Run("commit-tree", git.Tree(("aside", git.Object("blob", "aside\n"))), "-p", first, "-m", "aside"));
        await bridge.ImportAsync(git);

        // A branch of ours that goes: its snapshot is what a collection has to remove.
        var dropped = await bridge.SnapshotAsync("dropped", "file", "nobody needs this");
        await using (var transaction = bridge.Store.Begin())
        {
            StoreRefs.Move(transaction, "branch/dropped", dropped, null);
            await transaction.CommitAsync(default);
        }

        var removed = await CollectAsync(bridge);

        Assert.True(removed >= 3, $"{removed} objects were removed: this was no danger to anything");
        Assert.Null(await bridge.Store.TryReadAsync(dropped.Hash, default));
        Assert.Equal(git.Commits(), await bridge.ComputedAsync());
        var back = new Git(bridge.At("back.git"));
        await bridge.ExportAsync(back);
        Assert.Equal(git.References(), back.References());
        Assert.Equal(git.Commits(), back.Commits());
        back.Run("fsck", "--strict", "--full");
        Assert.True((await bridge.Store.VerifyAsync(null, default)).IsHealthy);
    }

    [Fact]
    public async Task Staged_and_queued_work_and_what_a_reflog_names_is_kept_when_no_branch_has_it()
    {
        await using var bridge = await Bridge.CreateAsync();
        await bridge.SnapshotAsync("main", "file", "kept by a branch");
        var (staged, queued, push, undone) = (await MadeAsync(bridge, "staged"), await MadeAsync(bridge, "queued"), await MadeAsync(bridge, "push"), await MadeAsync(bridge, "undone"));
        var pushTip = await MadeAsync(bridge, "push tip");
        await using (var transaction = bridge.Store.Begin())
        {
            transaction.Put(SyncTables.Agreed, "staged/00/main", System.Text.Encoding.UTF8.GetBytes($$"""{"snapshot":"{{staged}}","at":"2026-01-01T00:00:00Z","sequence":1}"""));
            transaction.Put(SyncTables.Queue, "stage/00/main", StoreRefs.ToBytes(queued));
            transaction.Put(SyncTables.Queue, "push/00/main", System.Text.Encoding.UTF8.GetBytes($$"""{"new_head":"{{push}}","tip":"{{pushTip}}"}"""));
            transaction.AppendReflog("undo", "{}", [new("line/00/main", undone.Hash, null)]);
            await transaction.CommitAsync(default);
        }

        await CollectAsync(bridge);
        foreach (var kept in new[] { staged, queued, push, pushTip, undone })
        {
            var snapshot = await bridge.Graph.ReadSnapshotAsync(kept, default);
            var entry = Assert.Single((await bridge.Graph.ReadDirectoryAsync(snapshot.Root, default)).Entries);
            Assert.NotNull(await bridge.Store.TryReadAsync(entry.Hash, default));
        }

        // Beyond the reflog's retention it goes, and only it.
        await CollectAsync(bridge, later: TimeSpan.FromDays(91));
        Assert.Null(await bridge.Store.TryReadAsync(undone.Hash, default));
        Assert.NotNull(await bridge.Store.TryReadAsync(staged.Hash, default));
        Assert.True(bridge.Store.Reflog.Pruned.Sequence > 0 || bridge.Store.Reflog.Head.Sequence == 1);
    }

    private static async Task<Core.Identity.SnapshotId> MadeAsync(Bridge bridge, string text)
    {
        var made = await bridge.SnapshotAsync("aside", "file", text);
        await using var transaction = bridge.Store.Begin();
        StoreRefs.Move(transaction, "branch/aside", made, null);
        await transaction.CommitAsync(default);
        return made;
    }

    private static async Task<long> CollectAsync(Bridge bridge, TimeSpan later = default)
    {
        LaterClock clock = new() { Offset = later };
        await bridge.ReopenAsync(clock);
        StoreKeeper keeper = new(bridge.Store, clock, () => Settings.Default);
        long removed = 0;
        for (var round = 0; round < 3; round++)
        {
            var report = await keeper.CollectAndCompactAsync(default);
            Assert.True(report.IsOk, report.IsOk ? "" : report.Error.ToString());
            removed += report.Value.Expired.Objects;
            clock.Offset += Grace + TimeSpan.FromMinutes(1);
        }

        return removed;
    }

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
