using System.Text;
using W0rktree.Core.Ignore;

namespace W0rktree.Core.Tests.Ignore;

/// <summary>The order in which hard rules, the kinds of ignore files and the defaults decide.</summary>
public sealed class IgnoreLayersTests
{
    [Theory]
    [InlineData(".wt", true, "kept")]
    [InlineData(".wt/config.toml", false, "kept")]
    [InlineData(".wt/ignore", false, "kept")]
    [InlineData(".wt/access", true, "kept")]
    [InlineData(".wt/access/policies.toml", false, "kept")]
    [InlineData(".wt/access/deep/x.toml", false, "kept")]
    [InlineData(".wt/access/.roles.toml.swp", false, "ignored")]
    [InlineData(".wt/state", false, "ignored")]
    [InlineData(".wt/state/config.toml", false, "ignored")]
    [InlineData(".wt/config.toml", true, "ignored")]
    [InlineData(".wt", false, "ignored")]
    [InlineData("sub/.wt/config.toml", false, "ignored")]
    [InlineData(".wt-tree/config.toml", false, "kept")]
    [InlineData("sub/.wt-tree/ignore", false, "kept")]
    [InlineData("sub/.wt-tree/access/teams.toml", false, "kept")]
    [InlineData("sub/.wt-tree/lock", false, "ignored")]
    [InlineData(".git", true, "ignored")]
    [InlineData("sub/.git", false, "ignored")]
    [InlineData("sub/.GIT/config", false, "ignored")]
    [InlineData(".gitignore", false, "kept")]
    [InlineData(".wt-vfs/big.bin", false, "ignored")]
    [InlineData(".wtx", false, "kept")]
    public void Hard_rules_decide_whatever_the_files_say(string path, bool isDirectory, string expected)
    {
        // Everything is negated and the versioned parts are ignored: neither may have an effect.
        var rules = Rules(("", "!*\n!.git/\n!.wt/state\nconfig.toml\n.wt/\n.wt-tree/\naccess/\nignore\n*.toml\n", null, "!*\n"));
        Assert.Equal(expected, rules.Match(path, isDirectory).ToString().Split(' ')[0]);
    }

    [Theory]
    [InlineData("node_modules", true, true)]
    [InlineData("node_modules", false, false)]
    [InlineData("a/node_modules/x.js", false, true)]
    [InlineData("a/b.pyc", false, true)]
    [InlineData("a/target/debug", true, true)]
    [InlineData("notes~", false, true)]
    [InlineData("a.txt", false, false)]
    public void Soft_defaults_apply_by_themselves(string path, bool isDirectory, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.BuiltIn.Match(path, isDirectory).IsIgnored);

    [Theory]
    [InlineData("!node_modules/\n", null, null)]
    [InlineData(null, "!node_modules/\n", null)]
    [InlineData(null, null, "!node_modules/\n")]
    public void Any_kind_of_file_can_re_include_a_soft_default(string? worktree, string? tree, string? git)
    {
        var verdict = Rules(("", worktree, tree, git)).Match("node_modules/x.js", isDirectory: false);
        Assert.False(verdict.IsIgnored);
        Assert.True(Rules(("", "!*.js\n", null, null)).Match("node_modules/x.js", isDirectory: false).IsIgnored);
    }

    [Fact]
    public void Nothing_below_negates_the_root_ignore()
    {
        var rules = Rules(("", "*.log\n", "!*.log\n", "!*.log\n"), ("sub", null, "!*.log\n", "!*.log\n"));
        Assert.Equal(".wt/ignore:1:*.log", rules.Match("sub/x.log", isDirectory: false).Rule!.ToString());
    }

    [Fact]
    public void A_child_tree_adds_and_does_not_negate_its_parent()
    {
        var rules = Rules(("", null, "*.tmp\n", null), ("child", null, "!*.tmp\n*.obj\n!keep.obj\n", null));
        Assert.Equal(".wt-tree/ignore:1:*.tmp", rules.Match("child/x.tmp", isDirectory: false).Rule!.ToString());
        Assert.Equal("child/.wt-tree/ignore:2:*.obj", rules.Match("child/x.obj", isDirectory: false).Rule!.ToString());
        Assert.False(rules.Match("child/keep.obj", isDirectory: false).IsIgnored);
        Assert.False(rules.Match("x.obj", isDirectory: false).IsIgnored);
    }

    [Fact]
    public void The_root_ignore_negates_within_itself()
    {
        var rules = Rules(("", "*.log\n!keep.log\n", null, null));
        var verdict = rules.Match("a/keep.log", isDirectory: false);
        Assert.Equal(new IgnoreVerdict(false, new(".wt/ignore", 2, "!keep.log")), verdict);
    }

    [Fact]
    public void A_file_below_an_ignored_directory_cannot_be_kept()
    {
        var rules = Rules(("", "build/\n!build/keep.txt\n", null, "!build/keep.txt\n"), ("build", null, null, "!*\n"));
        Assert.Equal(".wt/ignore:1:build/", rules.Match("build/keep.txt", isDirectory: false).Rule!.ToString());
        Assert.Equal(".wt/ignore:1:build/", rules.Match("build/deep/er", isDirectory: false).Rule!.ToString());
    }

    [Fact]
    public void A_tree_ignore_is_anchored_at_its_tree()
    {
        var rules = Rules(("libs/x", null, "/out\n", null));
        Assert.True(rules.Match("libs/x/out/file", isDirectory: false).IsIgnored);
        Assert.False(rules.Match("libs/x/src/out", isDirectory: false).IsIgnored);
        Assert.False(rules.Match("out", isDirectory: false).IsIgnored);
    }

    [Fact]
    public void Case_is_ignored_where_the_file_system_does()
    {
        var file = IgnoreFile.Parse(".gitignore", "Build/\n*.OBJ\n/Docs/[A-C]*\n"u8, ignoreCase: true);
        var rules = IgnoreRules.Create(new(IgnoreCase: true), [KeyValuePair.Create("", new IgnoreFiles(Git: file))]);
        Assert.True(rules.Match("bUILD/x", isDirectory: false).IsIgnored);
        Assert.True(rules.Match("a/b.obj", isDirectory: false).IsIgnored);
        Assert.True(rules.Match("docs/bravo", isDirectory: false).IsIgnored);
        Assert.True(rules.Match("THUMBS.DB", isDirectory: false).IsIgnored);
        Assert.False(rules.Match("docs/delta", isDirectory: false).IsIgnored);
    }

    [Fact]
    public void A_changed_file_makes_new_rules_and_leaves_the_old_ones()
    {
        var before = Rules(("", "*.a\n", null, null));
        var after = before.With("", new(Worktree: IgnoreFile.Parse(".wt/ignore", "*.b\n"u8)));
        Assert.True(before.Match("x.a", isDirectory: false).IsIgnored);
        Assert.False(after.Match("x.a", isDirectory: false).IsIgnored);
        Assert.True(after.Match("x.b", isDirectory: false).IsIgnored);
        Assert.Equal(0, after.With("", IgnoreFiles.None).FileCount);
        Assert.Equal((1, 1), (after.FileCount, after.RuleCount));
    }

    [Fact]
    public void A_walk_that_reads_files_as_it_goes_agrees_with_rules_that_know_them_all()
    {
        var deep = new IgnoreFiles(Git: IgnoreFile.Parse("a/b/.gitignore", "*.x\n!/keep.x\n"u8));
        var known = IgnoreRules.BuiltIn.With("a/b", deep);
        var walked = IgnoreRules.BuiltIn.Root.Enter("a"u8).Enter("b"u8, deep);
        foreach (var name in (string[])["one.x", "keep.x", "y", "Thumbs.db"])
        {
            Assert.Equal(known.Match("a/b/" + name, isDirectory: false), walked.Match(Encoding.UTF8.GetBytes(name), isDirectory: false));
        }

        Assert.Equal("a/b", Encoding.UTF8.GetString(walked.Directory));
        Assert.True(IgnoreRules.BuiltIn.Root.Enter("node_modules"u8).IsIgnored);
    }

    [Theory]
    [InlineData("/a//b/x.pyc", true)]
    [InlineData("a/b/", false)]
    [InlineData("target/", true)]
    [InlineData("", false)]
    [InlineData("///", false)]
    public void Odd_spellings_of_paths_are_answered(string path, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.BuiltIn.Match(path, isDirectory: false).IsIgnored);

    private static IgnoreRules Rules(params (string Directory, string? Worktree, string? Tree, string? Git)[] files) =>
        IgnoreRules.Create(IgnoreOptions.Default, files.Select(f => KeyValuePair.Create(
            f.Directory,
            new IgnoreFiles(Parse(f.Directory, ".wt/ignore", f.Worktree), Parse(f.Directory, ".wt-tree/ignore", f.Tree), Parse(f.Directory, ".gitignore", f.Git)))));

    private static IgnoreFile? Parse(string directory, string name, string? text) =>
        text is null ? null : IgnoreFile.Parse(directory.Length == 0 ? name : $"{directory}/{name}", Encoding.UTF8.GetBytes(text));
}
