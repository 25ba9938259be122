using W0rktree.GitBridge.Tests.Support;
using W0rktree.LocalAgent.Git.References;

namespace W0rktree.GitBridge.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public async Task Tags_of_every_sort_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var blob = git.Object("blob", "a key\n");
        var tree = git.Tree(("f", blob));
        var commit = git.Run("commit-tree", tree, "-m", "one");
        git.Run("update-ref", "refs/heads/main", commit);
        git.Run("tag", "light", commit);
        git.Run("tag", "-a", "-m", "annotated", "annotated", commit);
        git.Run("tag", "-a", "-m", "of a tag", "nested", "annotated");
        git.Run("tag", "-a", "-m", "of a file", "on-file", blob);
        git.Run("tag", "on-tree", tree);
        git.Run("tag", "-a", "-m", "not on any branch", "aside", git.Run("commit-tree", tree, "-p", commit, "-m", "aside"));
        await bridge.RoundTripAsync(git);
    }

    [Fact]
    public async Task Names_that_branches_cannot_have_here_are_escaped_and_come_back()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var commit = git.Run("commit-tree", git.Tree(), "-m", "one");
        foreach (var name in new[] { "main", "user@host", "100%", "a%40b", "naïve/日本", "smile-😀", "-dash" })
        {
            git.Run("update-ref", $"refs/heads/{name}", commit);
        }

        await bridge.RoundTripAsync(git);
        Assert.Contains(bridge.Refs.List("branch/"), pair => pair.Key == "user%40host");
        Assert.Contains(bridge.Refs.List("branch/"), pair => pair.Key == "100%25");
    }

    [Fact]
    public async Task A_second_import_carries_only_what_is_new()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var first = Grow(git, null, "a", "1");
        Assert.Equal(1, (await bridge.ImportAsync(git)).Commits);
        Assert.Equal(0, (await bridge.ImportAsync(git)).Commits);
        var before = bridge.Store.ObjectCount;
        Grow(git, first, "b", "2");
        var outcome = await bridge.ImportAsync(git);

        Assert.Equal(1, outcome.Commits);
        Assert.Equal(MoveOutcome.Moved, outcome.References.Single().Outcome);
        Assert.Equal(before + 3, bridge.Store.ObjectCount);
        Assert.Equal(git.Commits(), await bridge.ComputedAsync());
    }

    [Fact]
    public async Task Without_its_map_the_bridge_still_knows_what_it_imported()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        Grow(git, Grow(git, null, "a", "1"), "b", "2");
        await bridge.ImportAsync(git);
        var before = bridge.Store.ObjectCount;
        foreach (var damage in new Action<string>[] { File.Delete, path => File.WriteAllText(path, "damaged") })
        {
            damage(Path.Combine(bridge.Store.Folder, "git", "commits"));
            Assert.Equal(0, (await bridge.ImportAsync(git)).Commits);
        }

        Assert.Equal(before, bridge.Store.ObjectCount);
    }

    [Fact]
    public async Task A_branch_that_was_rewritten_in_git_is_refused_and_the_rest_is_carried()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var first = Grow(git, null, "a", "1");
        Grow(git, first, "b", "2");
        await bridge.ImportAsync(git);
        var tip = bridge.Refs.Get("branch/main");
        Grow(git, first, "c", "3");
        git.Run("update-ref", "refs/heads/other", "refs/heads/main");
        var outcome = await bridge.ImportAsync(git);

        Assert.Equal(MoveOutcome.Refused, outcome.References.Single(reference => reference.Name == "main").Outcome);
        Assert.Equal(MoveOutcome.Created, outcome.References.Single(reference => reference.Name == "other").Outcome);
        Assert.Equal(tip, bridge.Refs.Get("branch/main"));
    }

    [Fact]
    public async Task A_moved_tag_is_refused()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        var first = Grow(git, null, "a", "1");
        git.Run("tag", "v1", first);
        await bridge.ImportAsync(git);
        git.Run("tag", "-f", "v1", Grow(git, first, "b", "2"));
        var outcome = await bridge.ImportAsync(git);
        Assert.Equal(MoveOutcome.Refused, outcome.References.Single(reference => reference.Name == "v1").Outcome);
    }

    [Fact]
    public async Task A_shallow_clone_is_refused()
    {
        await using var bridge = await Bridge.CreateAsync();
        var git = bridge.Repository("from.git");
        Grow(git, Grow(git, null, "a", "1"), "b", "2");
        git.Run("clone", "-q", "--bare", "--depth", "1", $"file://{git.Folder}", bridge.At("shallow.git"));
        var refused = await bridge.TryImportAsync(new Git(bridge.At("shallow.git")));
        Assert.Equal("git_shallow", refused.Error.Code);
    }

    [Fact]
    public async Task What_is_no_repository_is_refused()
    {
        await using var bridge = await Bridge.CreateAsync();
        Directory.CreateDirectory(bridge.At("plain"));
        Assert.Equal("not_git", (await bridge.TryImportAsync(new Git(bridge.At("plain")))).Error.Code);
    }

    internal static string Grow(Git git, string? parent, string name, string text, string branch = "main")
    {
        var tree = git.Tree((name, git.Object("blob", text)));
        var commit = parent is null ? git.Run("commit-tree", tree, "-m", name) : git.Run("commit-tree", tree, "-p", parent, "-m", name);
        git.Run("update-ref", $"refs/heads/{branch}", commit);
        return commit;
    }
}
