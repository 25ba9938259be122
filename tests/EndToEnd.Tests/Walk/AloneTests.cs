using System.Text.Json;
using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What one person does without any server.</summary>
public sealed class AloneTests
{
    [Fact]
    public async Task A_directory_comes_under_version_control_and_snapshots_make_themselves()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "apples\nbread\n");
        ada.Write("src/app.cs", "class App;\n");
        ada.Write(".git/HEAD", "never part of it\n");
        var init = await ada.AskAsync("init");
        Assert.Equal(ada.Work, init.GetProperty("root").GetString());
        Assert.Equal("main", init.GetProperty("branch").GetString());

        ada.Write("list.txt", "apples\nbread\ncheese\n");
        await Eventually.FitsAsync(() => LogAsync(ada), log => log[0].GetProperty("kind").GetString() == "auto", "an automatic snapshot");
        var shown = await ada.AskAsync("show");
        Assert.Equal(["list.txt modified"], Changes(shown));

        ada.Write("src/app.cs", "class App { }\n");
        File.Delete(Path.Combine(ada.Work, "list.txt"));
        var snapshot = await ada.AskAsync("snapshot", "-m", "By hand");
        Assert.Equal("manual", snapshot.GetProperty("snapshot").GetProperty("kind").GetString());
        Assert.Equal(["list.txt deleted", "src/app.cs modified"], Changes(snapshot));
        Assert.Empty((await ada.AskAsync("status")).GetProperty("changes").EnumerateArray());

        await ada.AskAsync("restore", "--from", "@~1", "list.txt");
        Assert.Equal("apples\nbread\ncheese\n", ada.Read("list.txt"));
        Assert.True((await ada.AskAsync("debug", "verify")).GetProperty("healthy").GetBoolean());
        Assert.Contains("restore", (await ada.TextAsync("reflog")).Expect(0).Output, StringComparison.Ordinal);
    }

    /// <summary>A slice of tests/campaigns/write-then-ask.</summary>
    [Fact]
    public async Task Status_shows_every_write_that_finished_before_it_was_asked()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Environment["WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S"] = "86400";
        ada.Write("same.txt", "0000");
        await ada.AskAsync("init");
        for (var round = 1; round <= 40; round++)
        {
            // The length stays, so that only the content tells; the new one lies in a folder that nobody watches yet.
            ada.Write("same.txt", $"{round:0000}");
            ada.Write($"new/{round}/deep.txt", "x");
            var seen = Changes(await ada.AskAsync("status"));
            Assert.Equal(Enumerable.Range(1, round).Select(n => $"new/{n}/deep.txt added").Append("same.txt modified").Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Branches_keep_their_own_state_and_merge()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        await ada.AskAsync("init");
        await ada.AskAsync("branch", "create", "less", "--switch");
        ada.Write("list.txt", "2\n3\n4\n5\n6\n7\n8\n9\n");
        ada.Write("new.txt", "new\n");

        // Not in a snapshot yet: switching keeps it on the branch that is left.
        await ada.AskAsync("branch", "switch", "main");
        Assert.StartsWith("1\n", ada.Read("list.txt"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(ada.Work, "new.txt")));

        ada.Write("list.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
        await ada.AskAsync("snapshot", "-m", "More");
        Assert.Equal("merged", (await ada.AskAsync("merge", "less")).GetProperty("outcome").GetString());
        Assert.Equal("2\n3\n4\n5\n6\n7\n8\n9\n10\n", ada.Read("list.txt"));
        Assert.Equal("new\n", ada.Read("new.txt"));
        Assert.Equal("up_to_date", (await ada.AskAsync("merge", "less")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_patch_of_diff_is_accepted_by_git_apply()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n2\n3\n");
        ada.Write("gone.txt", "gone\n");
        await ada.AskAsync("init");
        var before = Directory.CreateDirectory(Path.Combine(scene.Folder, "before")).FullName;
        File.Copy(Path.Combine(ada.Work, "list.txt"), Path.Combine(before, "list.txt"));
        File.Copy(Path.Combine(ada.Work, "gone.txt"), Path.Combine(before, "gone.txt"));
        ada.Write("list.txt", "1\ntwo\n3\nno newline");
        ada.Write("deep/new.txt", "new\n");
        File.Delete(Path.Combine(ada.Work, "gone.txt"));

        var patch = (await ada.TextAsync("diff", "--patch")).Expect(0).Output;
        (await Run.ToEndAsync(Run.Prepare("git", ["apply", "--whitespace=nowarn", "-"], before, ada.Environment), patch)).Expect(0);
        Assert.Equal(Files(ada.Work), FileTree.Of(before));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_words_and_the_right_exit_code()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n");
        (await ada.TryAsync("status")).Expect(4, "not_a_worktree");
        await ada.AskAsync("init");

        (await ada.TryAsync("init")).Expect(2, "already_initialised");
        (await ada.TryAsync("branch", "switch", "nowhere")).Expect(4, "unknown_branch");
        (await ada.TryAsync("branch", "create", "main")).Expect(2, "branch_exists");
        (await ada.TryAsync("branch", "create", "a..b")).Expect(2);
        (await ada.TryAsync("restore", "../../etc/passwd")).Expect(2, "outside_tree");
        (await ada.TryAsync("show", "@", "/etc/passwd")).Expect(2, "outside_tree");
        (await ada.TryAsync("show", "main", "no-such-file")).Expect(4, "unknown_path");
        (await ada.TryAsync("log", "--from", "ffffffff")).Expect(4, "unknown_revision");
        (await ada.TryAsync("push", "--to", "acme/shop")).Expect(6, "no_server");
        (await ada.TryAsync("pull")).Expect(6, "no_server");

        var text = await ada.TextAsync("branch", "switch", "nowhere");
        Assert.StartsWith("wt: ", text.Error, StringComparison.Ordinal);
        Assert.Contains("nowhere", text.Error, StringComparison.Ordinal);
        Assert.Empty(text.Output);
    }

    [Fact]
    public async Task A_broken_configuration_is_reported_with_file_line_and_column_and_work_goes_on()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n");
        await ada.AskAsync("init");
        ada.Write(".wt/config.toml", "[worker]\nlog_level = \n");

        var warned = await Eventually.FitsAsync(() => ada.AskAsync("status"), status => Warning(status) is not null, "a warning about the configuration");
        Assert.Contains("config.toml:2:", Warning(warned), StringComparison.Ordinal);
        ada.Write("list.txt", "1\n2\n");
        await ada.AskAsync("snapshot", "-m", "Work goes on");

        ada.Write(".wt/config.toml", "[worker]\nlog_level = \"info\"\n");
        await Eventually.FitsAsync(() => ada.AskAsync("status"), status => Warning(status) is null, "the warning goes away");
    }

    [Fact]
    public async Task A_worktree_of_another_user_is_refused()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n");
        await ada.AskAsync("init");
        (await Run.ToEndAsync(Run.Prepare("chown", ["-R", "4242", ada.Work], ada.Home, ada.Environment))).Expect(0);
        (await ada.TryAsync("status")).Expect(2, "foreign_owner");
        (await ada.TryAsync("snapshot", "-m", "Not mine")).Expect(2, "foreign_owner");
    }

    internal static async Task<IReadOnlyList<JsonElement>> LogAsync(Person person)
    {
        var log = (await person.TryAsync("log")).Expect(0).Lines;
        return [.. log.Where(line => line.TryGetProperty("kind", out _))];
    }

    internal static IEnumerable<string> Changes(JsonElement answer) =>
        answer.GetProperty("changes").EnumerateArray().Select(c => $"{c.GetProperty("path").GetString()} {c.GetProperty("change").GetString()}").Order(StringComparer.Ordinal);

    internal static SortedDictionary<string, string> Files(string work)
    {
        var files = FileTree.Of(work);
        foreach (var own in files.Keys.Where(path => path.StartsWith(".wt/", StringComparison.Ordinal)).ToList())
        {
            files.Remove(own);
        }

        return files;
    }

    private static string? Warning(JsonElement status) =>
        status.GetProperty("warnings").EnumerateArray().Where(w => w.GetProperty("code").GetString() == "broken_configuration").Select(w => w.GetProperty("message").GetString()).FirstOrDefault();
}

/// <summary>Runs where the tests run as root, who alone can give a directory to somebody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null! : "only root can give a directory to another user, which this test needs";
}
