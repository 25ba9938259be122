using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Configuration;

public sealed class ConfigStackTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    [Fact]
    public void Later_layers_win_and_the_environment_wins_over_all()
    {
        _folder.Write("system.toml", "[worker.snapshot]\ninactivity_timeout_s = 1\nmax_changed_files = 1\nmax_changed_bytes = 1\n[diff]\nrename_similarity = 1");
        _folder.Write("user.toml", "[worker.snapshot]\ninactivity_timeout_s = 2\nmax_changed_files = 2\nmax_changed_bytes = 2");
        _folder.Write("root/.wt/config.toml", "[worker.snapshot]\ninactivity_timeout_s = 3\nmax_changed_files = 3");
        _folder.Write("root/.wt-tree/config.toml", "[worker.snapshot]\ninactivity_timeout_s = 4");
        _environment["WT_WORKER_SNAPSHOT_MAX_CHANGED_BYTES"] = "5";
        var settings = Stack().Current;
        Assert.Empty(settings.Problems);
        Assert.Equal(TimeSpan.FromSeconds(4), settings.Triggers.Inactivity);
        Assert.Equal(3, settings.Triggers.MaxFiles);
        Assert.Equal(5, settings.Triggers.MaxBytes);
        Assert.Equal(1, settings.Number("diff.rename_similarity"));
    }

    [Fact]
    public void A_broken_file_keeps_the_last_good_values_and_is_reported_with_line_and_column()
    {
        var path = _folder.Write("user.toml", "[worker.watcher]\ndebounce_ms = 300\n");
        var stack = Stack();
        Rewrite(path, "[worker.watcher]\ndebounce_ms = = 5\n");
        Assert.True(stack.Reload());
        Assert.Equal(TimeSpan.FromMilliseconds(300), stack.Current.Debounce);
        var problem = Assert.Single(stack.Current.Problems);
        Assert.Equal(("broken_configuration", path, 2, 15), (problem.Code, problem.Source, problem.Line, problem.Column));

        Rewrite(path, "[worker.watcher]\ndebounce_ms = 400\n");
        Assert.True(stack.Reload());
        Assert.Equal(TimeSpan.FromMilliseconds(400), stack.Current.Debounce);
        Assert.Empty(stack.Current.Problems);
    }

    [Fact]
    public void A_value_of_the_wrong_type_keeps_the_last_good_one_of_the_same_file()
    {
        var path = _folder.Write("user.toml", "[worker.watcher]\ndebounce_ms = 300\n");
        var stack = Stack();
        Rewrite(path, "[worker.watcher]\ndebounce_ms = \"soon\"\n");
        Assert.True(stack.Reload());
        Assert.Equal(TimeSpan.FromMilliseconds(300), stack.Current.Debounce);
        Assert.Equal(("wrong_value", 2), (Assert.Single(stack.Current.Problems).Code, stack.Current.Problems[0].Line));
    }

    [Fact]
    public async Task A_wait_that_is_under_way_becomes_as_long_as_the_new_value_says()
    {
        var path = _folder.Write("user.toml", "[worker.health]\ncheck_interval_s = 3600\n");
        var stack = Stack();
        var time = new ManualTime();
        var wait = stack.DelayAsync(settings => settings.HealthInterval, time, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(wait.IsCompleted);
        Rewrite(path, "[worker.health]\ncheck_interval_s = 5\n");
        Assert.True(stack.Reload());
        await wait;
    }

    [Fact]
    public void Lists_are_read_from_files_and_variables_and_only_of_known_words()
    {
        _folder.Write("user.toml", "[worker.secrets]\nhold_kinds = [\"archive\"]\nignore_rules = [1]\n");
        var stack = Stack();
        Assert.Equal(["archive"], stack.Current.List("worker.secrets.hold_kinds"));
        Assert.Empty(stack.Current.List("worker.secrets.ignore_rules"));
        Assert.Contains("list of strings", Assert.Single(stack.Current.Problems).Message, StringComparison.Ordinal);
        _environment["WT_WORKER_SECRETS_HOLD_KINDS"] = "database, archive";
        Assert.Equal(["database", "archive"], Stack().Current.List("worker.secrets.hold_kinds"));
        _environment["WT_WORKER_SECRETS_HOLD_KINDS"] = "pictures";
        Assert.Equal(["archive"], Stack().Current.List("worker.secrets.hold_kinds"));
    }

    [Fact]
    public void A_deleted_file_sets_nothing_any_more()
    {
        var path = _folder.Write("user.toml", "[worker.watcher]\ndebounce_ms = 300\n");
        var stack = Stack();
        File.Delete(path);
        Assert.True(stack.Reload());
        Assert.Equal(TimeSpan.FromMilliseconds(200), stack.Current.Debounce);
        Assert.False(stack.Reload());
    }

    [Theory]
    [InlineData("[server]\nurl = \"http://evil\"", "server.url")]
    [InlineData("[credentials]\ntoken = \"x\"", "credentials.token")]
    [InlineData("[hooks]\npre_push = \"rm -rf ~\"", "hooks.pre_push")]
    [InlineData("[user]\nemail = \"you@example.com\"", "user.email")]
    public void A_file_that_came_with_a_clone_names_no_server_runs_no_program_and_speaks_for_nobody(string text, string key)
    {
        _folder.Write("root/.wt/config.toml", text);
        var settings = Stack().Current;
        Assert.Null(settings.ServerUrl);
        Assert.Null(settings.UserEmail);
        var problem = Assert.Single(settings.Problems);
        Assert.Equal("untrusted_key", problem.Code);
        Assert.Contains($"'{key}'", problem.Message);
    }

    [Fact]
    public void An_unknown_key_is_reported_and_disturbs_nothing()
    {
        _folder.Write("user.toml", "[worker.watcher]\ndebounce_ms = 300\nturbo = true\n");
        var settings = Stack().Current;
        Assert.Equal(TimeSpan.FromMilliseconds(300), settings.Debounce);
        var problem = Assert.Single(settings.Problems);
        Assert.Equal(("unknown_key", 3, 1), (problem.Code, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData("debounce_ms = \"fast\"")]
    [InlineData("debounce_ms = 0")]
    [InlineData("debounce_ms = 1.5")]
    [InlineData("poll_fallback = 1")]
    public void A_value_of_the_wrong_type_or_size_is_reported_and_the_default_stays(string line)
    {
        _folder.Write("user.toml", $"[worker.watcher]\n{line}\n");
        var settings = Stack().Current;
        Assert.Equal("wrong_value", Assert.Single(settings.Problems).Code);
        Assert.Equal(TimeSpan.FromMilliseconds(200), settings.Debounce);
        Assert.False(settings.PollFallback);
    }

    [Fact]
    public void A_wrong_environment_variable_is_reported_by_its_name()
    {
        _environment["WT_WORKER_WATCHER_DEBOUNCE_MS"] = "soon";
        var problem = Assert.Single(Stack().Current.Problems);
        Assert.Equal("WT_WORKER_WATCHER_DEBOUNCE_MS", problem.Source);
    }

    [Fact]
    public void Whoever_listens_hears_of_a_change_once()
    {
        var path = _folder.Write("user.toml", "[worker.watcher]\ndebounce_ms = 300\n");
        var stack = Stack();
        var heard = 0;
        stack.Changed += _ => heard++;
        Rewrite(path, "[worker.watcher]\ndebounce_ms = 301\n");
        stack.Reload();
        stack.Reload();
        Assert.Equal(1, heard);
    }

    public void Dispose() => _folder.Dispose();

    private ConfigStack Stack() => ConfigStack.ForWorktree(new ConfigPaths(_folder.At("system.toml"), _folder.At("user.toml")), _folder.At("root"), _environment);

    /// <summary>Two writes within one tick of the file system's clock look alike; the test moves the time itself.</summary>
    private static void Rewrite(string path, string text)
    {
        var before = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, before.AddSeconds(1));
    }
}
