using System.Globalization;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.TestKit;

namespace W0rktree.LocalAgent.Tests.Undo;

public sealed class UndoTests : IAsyncLifetime
{
    private static readonly BranchName Feature = BranchName.Parse("feature").Value;

    private CopyFixture _copy = null!;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("a", "one\n");
        await _copy.SnapshotAsync();
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_switch_goes_back_with_the_uncommitted_edit_it_had_saved()
    {
        await new BranchBook(_copy.Copy).CreateAsync("feature", _copy.Copy.Position.Tip!.Value, CancellationToken.None);
        _copy.Write("a", "edited\n");
        var before = CopyState.Of(_copy);
        await _copy.Operations.SwitchAsync(Feature, null, CancellationToken.None);
        Assert.Equal("one\n", File.ReadAllText(_copy.At("a")));

        await UndoAsync();
        Assert.Equal(before, CopyState.Of(_copy));
        Assert.NotEmpty(_copy.Copy.Index.Pending);
    }

    [Fact]
    public async Task A_deleted_branch_comes_back_with_its_line_and_is_not_listed_as_deleted()
    {
        var book = new BranchBook(_copy.Copy);
        await book.CreateAsync("feature", _copy.Copy.Position.Tip!.Value, CancellationToken.None);
        var before = CopyState.Of(_copy);
        await book.DeleteAsync("feature", CancellationToken.None);
        await UndoAsync();
        Assert.Equal(before, CopyState.Of(_copy));
        Assert.DoesNotContain(await book.ListAsync(CancellationToken.None), branch => branch.Deleted);
    }

    [Fact]
    public async Task An_edit_that_an_editor_overwrote_comes_back_from_the_automatic_snapshot_before()
    {
        _copy.Write("a", "precious\n");
        await _copy.SnapshotAsync(SnapshotKind.Auto);
        _copy.Write("a", "overwritten\n");
        await _copy.SnapshotAsync(SnapshotKind.Auto);
        await UndoAsync();
        Assert.Equal("precious\n", File.ReadAllText(_copy.At("a")));
        await UndoAsync();
        Assert.Equal("one\n", File.ReadAllText(_copy.At("a")));
    }

    [Fact]
    public async Task Taking_back_a_snapshot_that_somebody_asked_for_leaves_the_files_alone()
    {
        _copy.Write("a", "two\n");
        var before = CopyState.Of(_copy);
        await _copy.SnapshotAsync();
        await UndoAsync();
        Assert.Equal(before, CopyState.Of(_copy));
    }

    [Fact]
    public async Task An_undo_is_an_entry_that_can_be_gone_back_behind_and_loses_nothing()
    {
        _copy.Write("a", "two\n");
        await _copy.SnapshotAsync();
        var made = _copy.Copy.Store.Reflog.Head.Sequence;
        _copy.Write("a", "three, in no snapshot\n");
        var undone = await UndoAsync();
        Assert.NotNull(undone.SavedAs);
        Assert.Equal("undo", _copy.Copy.Store.Reflog.Find(undone.Entry)!.Operation);

        await UndoAsync(made);
        Assert.Equal("two\n", File.ReadAllText(_copy.At("a")));
        await UndoAsync(undone.Entry - 1);
        Assert.Equal("three, in no snapshot\n", File.ReadAllText(_copy.At("a")));
    }

    [Fact]
    public async Task Undo_after_undo_goes_further_back_and_ends_at_the_beginning()
    {
        foreach (var text in new[] { "two\n", "three\n" })
        {
            _copy.Write("a", text);
            await _copy.SnapshotAsync(SnapshotKind.Auto);
        }

        await UndoAsync();
        await UndoAsync();
        Assert.Equal("one\n", File.ReadAllText(_copy.At("a")));
        var refused = await _copy.Operations.UndoAsync(null, null, CancellationToken.None);
        Assert.Equal("nothing_to_undo", refused.Error.Code);
        Assert.Equal("one\n", File.ReadAllText(_copy.At("a")));
    }

    [Fact]
    public async Task A_push_is_not_taken_back()
    {
        await using (var transaction = _copy.Copy.Store.Begin())
        {
            LineMoves.Log(transaction, _copy.Copy, "push", "to acme/shop", []);
            await transaction.CommitAsync(CancellationToken.None);
        }

        var refused = await _copy.Operations.UndoAsync(null, null, CancellationToken.None);
        Assert.Equal("not_undoable", refused.Error.Code);
    }

    [Fact]
    public async Task An_entry_that_is_not_there_is_refused_before_anything_is_saved()
    {
        _copy.Write("a", "unsaved\n");
        var head = _copy.Copy.Store.Reflog.Head;
        Assert.Equal("unknown_entry", (await _copy.Operations.UndoAsync(4711, null, CancellationToken.None)).Error.Code);
        Assert.Equal(head, _copy.Copy.Store.Reflog.Head);
    }

    [Fact]
    public async Task What_another_copy_of_the_tree_did_stays()
    {
        await using (var transaction = _copy.Copy.Store.Begin())
        {
            var tip = _copy.Copy.Position.Tip!.Value;
            StoreRefs.Move(transaction, StoreRefs.Branch(Feature), null, tip);
            var details = new ReflogDetails("branch feature", new CopyId(99).ToString());
            transaction.AppendReflog("branch-create", details.ToJson(), [new Storage.Reflog.RefChange(StoreRefs.Branch(Feature), null, tip.Hash)]);
            await transaction.CommitAsync(CancellationToken.None);
        }

        _copy.Write("a", "two\n");
        await _copy.SnapshotAsync(SnapshotKind.Auto);
        await UndoAsync(1);
        Assert.NotNull(_copy.Copy.Refs.Get(StoreRefs.Branch(Feature)));
    }

    [Fact]
    public async Task A_path_comes_back_as_it_was_after_an_entry()
    {
        var entry = _copy.Copy.Store.Reflog.Head.Sequence;
        _copy.Write("a", "two\n");
        await _copy.SnapshotAsync();
        var from = new LocalAgent.Undo.ReflogStates(_copy.Copy).FilesAfter(entry);
        Assert.True((await _copy.Operations.RestoreAsync(from.Value, [TreePath.Parse("a").Value], null, CancellationToken.None)).IsOk);
        Assert.Equal("one\n", File.ReadAllText(_copy.At("a")));
    }

    /// <summary>A slice of tests/campaigns/undo, which says with <c>WT_UNDO_SEEDS</c> how many and with <c>WT_UNDO_FIRST</c> from where.</summary>
    [Fact]
    public async Task Random_operations_taken_back_one_by_one_give_every_state_bit_for_bit()
    {
        var seeds = int.Parse(Environment.GetEnvironmentVariable("WT_UNDO_SEEDS") ?? "5", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("WT_UNDO_FIRST") ?? $"{Seed.OfThisRun & 0xFFFFFF}", CultureInfo.InvariantCulture);
        var undone = 0;
        for (var seed = first; seed < first + seeds; seed++)
        {
            await using var sequence = new UndoSequence(seed);
            await sequence.RunAsync(operations: 25);
            undone += sequence.Undone;
        }

        Assert.True(undone >= seeds, $"seeds from {first}: only {undone} operations were taken back");
    }

    private async Task<LocalAgent.Undo.UndoOutcome> UndoAsync(ulong? to = null)
    {
        var undone = await _copy.Operations.UndoAsync(to, null, CancellationToken.None);
        Assert.True(undone.IsOk, undone.IsOk ? "" : undone.Error.ToString());
        return undone.Value;
    }
}
