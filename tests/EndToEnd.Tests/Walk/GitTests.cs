using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>Comes from a repository of git, as somebody does who tries the product for the first time.</summary>
public sealed class GitTests
{
    [Fact]
    public async Task Merges_of_imported_commits_are_gits_and_a_clone_that_fails_leaves_nothing()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        var git = Path.Combine(ada.Home, "project");
        Directory.CreateDirectory(git);
        async Task<string> GitAsync(params string[] arguments) =>
            (await Run.ToEndAsync(Run.Prepare("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", .. arguments], git, ada.Environment))).Expect(0).Output.Trim();
        async Task<string> CommitAsync(string branch, string from, string file, string text)
        {
            await GitAsync("checkout", "-q", "-B", branch, from);
            await File.WriteAllTextAsync(Path.Combine(git, file), text);
            await GitAsync("add", "-A");
            await GitAsync("commit", "-q", "-m", $"{branch}: {file}");
            return await GitAsync("rev-parse", "HEAD");
        }

        await GitAsync("init", "-q");
        await GitAsync("commit", "-q", "--allow-empty", "-m", "Begin");
        var start = await CommitAsync("main", "HEAD", "list", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        var ours = await CommitAsync("ours", start, "list", "one\n2\n3\n4\n5\n6\n7\n8\n9\n");
        var theirs = await CommitAsync("theirs", start, "list", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
        var third = await CommitAsync("third", start, "list", "uno\n2\n3\n4\n5\n6\n7\n8\n9\n");
        await GitAsync("checkout", "-q", "main");

        // A branch that is not there shows only after the history came in.
        var refused = await ada.TryAsync("clone", git, "copy", "--branch", "nope");
        Assert.Equal("unknown_branch", refused.ErrorCode);
        Assert.False(Directory.Exists(Path.Combine(ada.Home, "copy")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(ada.Home, ".local", "share", "w0rktree", "stores")));

        await ada.AskAsync("clone", git, ada.Work);
        Assert.Equal("1\n2\n3\n4\n5\n6\n7\n8\n9\n", ada.Read("list"));
        var merged = (await Run.ToEndAsync(ada.Prepare(["debug", "merge"]), $"git:{ours} git:{theirs}\ngit:{ours} git:{third[..10]}\ngit:{ours} nowhere\n")).Expect(1).Lines;
        Assert.Equal(3, merged.Count);
        Assert.True(merged[0].GetProperty("clean").GetBoolean());
        Assert.Equal(await GitAsync("merge-tree", "--write-tree", ours, theirs), merged[0].GetProperty("git_tree").GetString());
        Assert.False(merged[1].GetProperty("clean").GetBoolean());
        Assert.Equal("list", merged[1].GetProperty("conflicts")[0].GetProperty("path").GetString());
        Assert.Equal("unknown_revision", merged[2].GetProperty("error").GetProperty("code").GetString());
    }
}
