using W0rktree.Core.Objects;
using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.References;

namespace W0rktree.GitBridge.Tests;

public sealed class ExportTests
{
    [Fact]
    public async Task Snapshots_that_never_were_commits_become_ones_that_git_accepts()
    {
        await using var bridge = await Bridge.CreateAsync();
        await bridge.SnapshotAsync("main", "a", "1");
        await bridge.SnapshotAsync("main", "b", "2");
        var git = new Git(bridge.At("to.git"));
        Assert.Equal(2, (await bridge.ExportAsync(git)).Commits);
        git.Run("fsck", "--strict", "--full");
        Assert.Equal("2", git.Run("show", "main:b"));
        Assert.Equal(git.Commits(), await bridge.ComputedAsync());
    }

    [Fact]
    public async Task Exporting_twice_gives_the_same_commits_and_nothing_new()
    {
        await using var bridge = await Bridge.CreateAsync();
        await bridge.SnapshotAsync("main", "a", "1");
        var (one, two) = (new Git(bridge.At("one.git")), new Git(bridge.At("two.git")));
        await bridge.ExportAsync(one);
        await bridge.ExportAsync(two);
        Assert.Equal(one.References(), two.References());
        var again = await bridge.ExportAsync(one);
        Assert.Equal((0, MoveOutcome.Unchanged), (again.Commits, again.References.Single().Outcome));
    }

    [Fact]
    public async Task A_commit_that_comes_back_is_the_snapshot_it_was_made_of()
    {
        await using var bridge = await Bridge.CreateAsync();
        var ours = await bridge.SnapshotAsync("main", "a", "1");
        var git = new Git(bridge.At("to.git"));
        await bridge.ExportAsync(git);
        var tip = git.Run("rev-parse", "main");
        git.Run("update-ref", "refs/heads/main", git.Run("commit-tree", $"{tip}^{{tree}}", "-p", tip, "-m", "theirs"));
        Assert.Equal(1, (await bridge.ImportAsync(git)).Commits);
        Assert.Equal(ours, (await bridge.TipAsync("main")).Parents.Single());
    }

    [Fact]
    public async Task Work_on_both_sides_of_different_branches_meets()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("to.git");
        var first = ReferenceTests.Grow(git, null, "a", "1");
        git.Run("update-ref", "refs/heads/theirs", first);
        await bridge.ImportAsync(git);
        await bridge.SnapshotAsync("main", "ours", "2");
        ReferenceTests.Grow(git, first, "theirs", "3", "theirs");

        await bridge.ImportAsync(git);
        var exported = await bridge.ExportAsync(git);
        Assert.Equal(MoveOutcome.Moved, exported.References.Single(reference => reference.Name == "main").Outcome);
        Assert.Equal(MoveOutcome.Unchanged, exported.References.Single(reference => reference.Name == "theirs").Outcome);
        Assert.Equal("2", git.Run("show", "main:ours"));
        git.Run("fsck", "--strict", "--full");
    }

    [Fact]
    public async Task A_branch_that_went_two_ways_is_refused_on_both_sides_and_moves_on_neither()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("to.git");
        var first = ReferenceTests.Grow(git, null, "a", "1");
        await bridge.ImportAsync(git);
        var ours = await bridge.SnapshotAsync("main", "ours", "2");
        var theirs = ReferenceTests.Grow(git, first, "theirs", "3");

        Assert.Equal(MoveOutcome.Refused, (await bridge.ImportAsync(git)).References.Single().Outcome);
        Assert.Equal(MoveOutcome.Refused, (await bridge.ExportAsync(git)).References.Single().Outcome);
        Assert.Equal(ours, bridge.Refs.Get("branch/main"));
        Assert.Equal(theirs, git.Run("rev-parse", "main"));
    }

    [Fact]
    public async Task A_branch_that_is_checked_out_in_a_working_directory_is_refused()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("to", bare: false);
        git.Run("commit", "-q", "--allow-empty", "-m", "one");
        await bridge.ImportAsync(git);
        await bridge.SnapshotAsync("main", "ours", "2");
        var refused = (await bridge.ExportAsync(git)).References.Single();
        Assert.Equal(MoveOutcome.Refused, refused.Outcome);
        Assert.Contains("checked out", refused.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nested_tree_is_refused_and_named()
    {
        await using var bridge = await Bridge.CreateAsync();
        var root = await bridge.SnapshotAsync("main", "a", "1");
        await using (var transaction = bridge.Store.Begin())
        {
            byte[] id = [.. Enumerable.Repeat((byte)1, 16)];
            var nested = new DirectoryEntry(Core.Paths.EntryName.Create("nested").Value, EntryKind.NestedTree, 0, root.Hash, [new EntryField(EntryField.NestedTree, [.. id])]);
            var made = transaction.WriteSnapshot(TestKit.Snapshots.Make(transaction.WriteDirectory(DirectoryObject.Of([nested]), CancellationToken.None)), CancellationToken.None);
            LocalAgent.Branches.StoreRefs.Move(transaction, "branch/nested", null, made);
            await transaction.CommitAsync(CancellationToken.None);
        }

        var git = new Git(bridge.At("to.git"));
        var outcome = await bridge.ExportAsync(git);
        Assert.Equal(MoveOutcome.Refused, outcome.References.Single(reference => reference.Name == "nested").Outcome);
        Assert.Contains("'nested'", outcome.References.Single(reference => reference.Name == "nested").Why, StringComparison.Ordinal);
        Assert.Equal(MoveOutcome.Created, outcome.References.Single(reference => reference.Name == "main").Outcome);
    }

    [Fact]
    public async Task A_file_changed_since_it_was_imported_is_exported_as_it_is_now()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("to.git");
        ReferenceTests.Grow(git, null, "a", "1");
        await bridge.ImportAsync(git);
        await bridge.SnapshotAsync("main", "a", "changed");
        await bridge.ExportAsync(git);
        Assert.Equal("changed", git.Run("show", "main:a"));
    }
}
