using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Snapshots;

public sealed class CopyOperationsTests : IAsyncLifetime
{
    private static readonly BranchName Feature = BranchName.Parse("feature").Value;

    private CopyFixture _copy = null!;

    public async Task InitializeAsync()
    {
        _copy = await CopyFixture.CreateAsync();
        _copy.Write("a", "one\n");
        _copy.Write("d/b", "base\n");
        await _copy.SnapshotAsync();
        await BranchAsync(Feature);
    }

    public async Task DisposeAsync() => await _copy.DisposeAsync();

    [Fact]
    public async Task A_switch_saves_what_is_unsaved_and_brings_the_other_branchs_files()
    {
        _copy.Write("a", "edited on main\n");
        _copy.Write("new/file", "x");
        var there = await SwitchAsync(Feature);
        Assert.NotNull(there.SavedAs);
        Assert.Equal("one\n", Read("a"));
        Assert.False(Directory.Exists(_copy.At("new")));
        var saved = await _copy.Copy.Graph.ReadSnapshotAsync(there.SavedAs.Value, CancellationToken.None);
        Assert.Equal(SnapshotKind.Switch, saved.Kind);

        await SwitchAsync(BranchName.Main);
        Assert.Equal("edited on main\n", Read("a"));
        Assert.Equal("x", Read("new/file"));
    }

    [Fact]
    public async Task A_switch_leaves_no_change_behind()
    {
        _copy.Write("a", "edited on main\n");
        await SwitchAsync(Feature);
        Assert.Null((await _copy.SnapshotAsync(SnapshotKind.Auto)).Snapshot);
    }

    [Fact]
    public async Task A_file_that_takes_the_place_of_an_empty_folder_is_no_change()
    {
        await SwitchAsync(Feature);
        _copy.Write("becomes", "a file on feature\n");
        await _copy.SnapshotAsync();
        await SwitchAsync(BranchName.Main);
        Directory.CreateDirectory(_copy.At("becomes"));
        await SwitchAsync(Feature);
        Assert.Equal("a file on feature\n", Read("becomes"));
        Assert.Empty(LocalAgent.Snapshots.WorkingChanges.List(_copy.Copy.Index));
    }

    [Fact]
    public async Task An_ignored_file_in_the_way_stops_the_switch_before_anything_is_touched()
    {
        _copy.Write("out/log", "of main");
        await _copy.SnapshotAsync();
        await SwitchAsync(Feature);
        _copy.Write(".wt/ignore", "out/\n");
        _copy.Write("out/log", "precious and in no snapshot");
        var refused = await _copy.Operations.SwitchAsync(BranchName.Main, null, CancellationToken.None);
        Assert.False(refused.IsOk);
        Assert.Contains("out/log", refused.Error.Message);
        Assert.Equal("precious and in no snapshot", Read("out/log"));
        Assert.Equal(Feature, _copy.Copy.Position.Branch);
    }

    [Fact]
    public async Task Ignored_files_in_a_folder_that_goes_stay()
    {
        _copy.Write("only-main/tracked", "x");
        _copy.Write(".wt/ignore", "*.tmp\n");
        await _copy.SnapshotAsync();
        _copy.Write("only-main/mine.tmp", "keep me");
        await SwitchAsync(Feature);
        Assert.False(File.Exists(_copy.At("only-main/tracked")));
        Assert.Equal("keep me", Read("only-main/mine.tmp"));
    }

    [Fact]
    public async Task An_unknown_branch_is_refused() =>
        Assert.Equal("unknown_branch", (await _copy.Operations.SwitchAsync(BranchName.Parse("nowhere").Value, null, CancellationToken.None)).Error.Code);

    [Fact]
    public async Task Disjoint_edits_merge_and_conflicting_ones_are_kept_as_data_until_the_markers_are_gone()
    {
        _copy.Write("a", "ours\n");
        _copy.Write("d/b", "base\nmain\n");
        await _copy.SnapshotAsync();
        await SwitchAsync(Feature);
        _copy.Write("a", "theirs\n");
        _copy.Write("c", "new\n");
        var theirs = (await _copy.SnapshotAsync()).Snapshot!.Id;
        await SwitchAsync(BranchName.Main);

        var merged = await _copy.Operations.MergeAsync(theirs, "feature", null, null, CancellationToken.None);
        Assert.True(merged.IsOk);
        Assert.Equal("new\n", Read("c"));
        Assert.Equal("base\nmain\n", Read("d/b"));
        Assert.Contains("<<<<<<<", Read("a"));
        var tip = await TipAsync();
        Assert.Equal("a", Assert.Single(tip.Conflicts).Path.ToString());
        Assert.Equal(2, tip.Parents.Length);

        // Edited, but the markers are still there: the conflict goes on.
        _copy.Write("a", Read("a") + "more\n");
        await _copy.SnapshotAsync();
        Assert.True((await TipAsync()).HasConflicts);

        _copy.Write("a", "both\n");
        await _copy.SnapshotAsync();
        Assert.False((await TipAsync()).HasConflicts);
    }

    [Fact]
    public async Task A_restore_saves_what_is_unsaved_and_moves_no_line()
    {
        var first = _copy.Copy.Position.Tip!.Value;
        _copy.Write("a", "two\n");
        _copy.Write("d/b", "also edited\n");
        var restored = await _copy.Operations.RestoreAsync(first, [TreePath.Parse("a").Value], null, CancellationToken.None);
        Assert.True(restored.IsOk);
        Assert.Equal("one\n", Read("a"));
        Assert.Equal("also edited\n", Read("d/b"));
        Assert.Equal(restored.Value.SavedAs, _copy.Copy.Position.Tip);
        Assert.Equal(["a"], (await _copy.SnapshotAsync()).Changes.Select(change => change.Path.ToString()));
    }

    [Fact]
    public async Task A_tree_that_would_write_the_working_copys_own_state_is_refused()
    {
        var store = _copy.Copy.Store;
        await using var transaction = store.Begin();
        var content = "{}"u8.ToArray();
        await transaction.WriteAsync(ObjectKind.Content, ContentHash.OfContent(content), content, CancellationToken.None);
        var state = await FolderAsync(transaction, ("evil.json", EntryKind.File, ContentHash.OfContent(content)));
        var wt = await FolderAsync(transaction, ("state", EntryKind.Directory, state));
        var root = await FolderAsync(transaction, (".wt", EntryKind.Directory, wt));
        var hostile = await transaction.WriteSnapshotAsync((await TipAsync()) with { Root = root }, CancellationToken.None);
        StoreRefs.Move(transaction, StoreRefs.Branch(BranchName.Parse("hostile").Value), null, hostile);
        await transaction.CommitAsync(CancellationToken.None);

        var refused = await _copy.Operations.SwitchAsync(BranchName.Parse("hostile").Value, null, CancellationToken.None);
        Assert.Equal("unsafe_name", refused.Error.Code);
        Assert.False(File.Exists(_copy.At(".wt/state/evil.json")));
        Assert.Equal("one\n", Read("a"));
    }

    private static async Task<ContentHash> FolderAsync(IObjectWriter writer, (string Name, EntryKind Kind, ContentHash Hash) entry) =>
        await writer.WriteDirectoryAsync(
            DirectoryObject.Of([new DirectoryEntry(EntryName.Create(entry.Name).Value, entry.Kind, entry.Kind == EntryKind.File ? 2u : 0u, entry.Hash)]), CancellationToken.None);

    private async Task BranchAsync(BranchName name)
    {
        await using var transaction = _copy.Copy.Store.Begin();
        StoreRefs.Move(transaction, StoreRefs.Branch(name), null, _copy.Copy.Position.Tip);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<SwitchOutcome> SwitchAsync(BranchName branch)
    {
        var outcome = await _copy.Operations.SwitchAsync(branch, null, CancellationToken.None);
        Assert.True(outcome.IsOk, outcome.IsOk ? "" : outcome.Error.ToString());
        return outcome.Value;
    }

    private async Task<SnapshotObject> TipAsync() => await _copy.Copy.Graph.ReadSnapshotAsync(_copy.Copy.Position.Tip!.Value, CancellationToken.None);

    private string Read(string relative) => File.ReadAllText(_copy.At(relative));
}
