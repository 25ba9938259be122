using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

public sealed class TreeMergeTests
{
    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task Changes_in_different_files_join() =>
        await ExpectCleanAsync(
            new Files { ["a"] = "1", ["d/b"] = "1" },
            new Files { ["a"] = "2", ["d/b"] = "1", ["new/x"] = "n" },
            new Files { ["a"] = "1", ["d/b"] = "2" },
            new Files { ["a"] = "2", ["d/b"] = "2", ["new/x"] = "n" });

    [Fact]
    public async Task Changes_in_different_lines_of_one_file_join() =>
        await ExpectCleanAsync(
            new Files { ["a"] = "1\n2\n3\n4\n5\n" },
            new Files { ["a"] = "one\n2\n3\n4\n5\n" },
            new Files { ["a"] = "1\n2\n3\n4\nfive\n" },
            new Files { ["a"] = "one\n2\n3\n4\nfive\n" });

    [Fact]
    public async Task The_same_line_changed_on_both_sides_conflicts_and_keeps_all_three_versions()
    {
        var (outcome, files) = await MergeAsync(new Files { ["a"] = "x\n" }, new Files { ["a"] = "ours\n" }, new Files { ["a"] = "theirs\n" });

        var conflict = Assert.Single(Conflicts(outcome));
        Assert.Equal(ConflictKind.Content, conflict.Kind);
        Assert.Equal(("x\n", "ours\n", "theirs\n"), (_objects.Text(conflict.Base!.Hash), _objects.Text(conflict.Ours!.Hash), _objects.Text(conflict.Theirs!.Hash)));
        Assert.Equal("<<<<<<< main\nours\n||||||| base\nx\n=======\ntheirs\n>>>>>>> feature\n", files["a"]);
    }

    [Fact]
    public async Task An_edit_against_a_deletion_conflicts_and_keeps_the_edit()
    {
        var (outcome, files) = await MergeAsync(new Files { ["a"] = "1", ["b"] = "1" }, new Files { ["b"] = "1" }, new Files { ["a"] = "2", ["b"] = "1" });

        Assert.Equal(ConflictKind.ModifyDelete, Assert.Single(Conflicts(outcome)).Kind);
        Assert.Equal("2", files["a"]);
    }

    [Fact]
    public async Task An_edit_below_a_deleted_directory_conflicts_and_the_rest_goes()
    {
        var (outcome, files) = await MergeAsync(
            new Files { ["d/a"] = "1", ["d/b"] = "1", ["k"] = "" }, new Files { ["k"] = "" }, new Files { ["d/a"] = "2", ["d/b"] = "1", ["k"] = "" });

        Assert.Equal("d/a", Assert.Single(Conflicts(outcome)).Path.ToString());
        Assert.Equal(["d/a", "k"], files.Keys);
    }

    [Fact]
    public async Task Two_additions_with_common_lines_merge_or_conflict_as_text()
    {
        var (outcome, files) = await MergeAsync(new Files { ["k"] = "" }, new Files { ["k"] = "", ["a"] = "1\n" }, new Files { ["k"] = "", ["a"] = "2\n" });

        Assert.Equal(ConflictKind.AddAdd, Assert.Single(Conflicts(outcome)).Kind);
        Assert.Contains("1\n", files["a"], StringComparison.Ordinal);
        Assert.Contains("2\n", files["a"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_addition_on_both_sides_is_no_conflict() =>
        await ExpectCleanAsync(new Files { ["k"] = "" }, new Files { ["k"] = "", ["a/b"] = "1" }, new Files { ["k"] = "", ["a/b"] = "1" }, new Files { ["k"] = "", ["a/b"] = "1" });

    [Fact]
    public async Task A_file_that_became_a_directory_against_an_edit_keeps_both()
    {
        var (outcome, files) = await MergeAsync(new Files { ["p"] = "1" }, new Files { ["p/x"] = "in" }, new Files { ["p"] = "2" });

        Assert.Equal(ConflictKind.DirectoryFile, Assert.Single(Conflicts(outcome)).Kind);
        Assert.Equal("in", files["p/x"]);
        Assert.Equal("2", files["p~feature"]);
    }

    [Fact]
    public async Task A_displaced_file_never_overwrites_another()
    {
        var (_, files) = await MergeAsync(new Files { ["p"] = "1", ["p~feature"] = "there" }, new Files { ["p/x"] = "in", ["p~feature"] = "there" }, new Files { ["p"] = "2", ["p~feature"] = "there" });

        Assert.Equal("there", files["p~feature"]);
        Assert.Equal("2", files["p~feature_1"]);
    }

    [Fact]
    public async Task A_file_untouched_on_one_side_gives_way_to_a_directory() =>
        await ExpectCleanAsync(new Files { ["p"] = "1", ["k"] = "" }, new Files { ["p/x"] = "in", ["k"] = "" }, new Files { ["p"] = "1", ["k"] = "2" }, new Files { ["p/x"] = "in", ["k"] = "2" });

    [Fact]
    public async Task An_executable_bit_on_one_side_joins_an_edit_on_the_other() =>
        await ExpectCleanAsync(new Files { ["a"] = "1\n" }, new Files { ["a"] = "!x 1\n" }, new Files { ["a"] = "2\n" }, new Files { ["a"] = "!x 2\n" });

    [Fact]
    public async Task Two_symlinks_to_different_places_conflict_and_ours_stays()
    {
        var (outcome, files) = await MergeAsync(new Files { ["l"] = "!l a" }, new Files { ["l"] = "!l b" }, new Files { ["l"] = "!l c" });

        Assert.Equal(ConflictKind.Content, Assert.Single(Conflicts(outcome)).Kind);
        Assert.Equal("!l b", files["l"]);
    }

    [Fact]
    public async Task A_file_against_a_symlink_conflicts_in_kind()
    {
        var (outcome, _) = await MergeAsync(new Files { ["l"] = "1" }, new Files { ["l"] = "!l b" }, new Files { ["l"] = "2" });

        Assert.Equal(ConflictKind.Mode, Assert.Single(Conflicts(outcome)).Kind);
    }

    [Fact]
    public async Task Binary_content_conflicts_without_markers()
    {
        var (outcome, files) = await MergeAsync(new Files { ["b"] = "\0x\n1" }, new Files { ["b"] = "\0x\n2" }, new Files { ["b"] = "\0x\n3" });

        Assert.Equal(ConflictKind.Binary, Assert.Single(Conflicts(outcome)).Kind);
        Assert.Equal("\0x\n2", files["b"]);
    }

    [Fact]
    public async Task Everything_deleted_on_both_sides_leaves_an_empty_tree() =>
        await ExpectCleanAsync(new Files { ["a"] = "1", ["b"] = "1" }, new Files { ["a"] = "1" }, new Files { ["b"] = "1" }, []);

    [Fact]
    public async Task Histories_without_a_common_base_join_what_differs()
    {
        var ours = await _objects.TreeAsync(new Files { ["a"] = "1", ["same"] = "s" });
        var theirs = await _objects.TreeAsync(new Files { ["b"] = "2", ["same"] = "s" });

        var outcome = (await Merger().MergeAsync(null, ours, theirs, default)).Value;

        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal(["a", "b", "same"], (await _objects.ListAsync(outcome.Root)).Keys);
    }

    [Fact]
    public async Task A_change_beside_a_sealed_entry_joins_a_change_of_what_is_hidden()
    {
        var full = await _objects.Graph.ReadDirectoryAsync(await _objects.TreeAsync(new Files { ["open"] = "1", ["secret"] = "s" }), default);
        var changed = await _objects.Graph.ReadDirectoryAsync(await _objects.TreeAsync(new Files { ["open"] = "1", ["secret"] = "t" }), default);
        var ours = await _objects.Graph.ReadDirectoryAsync(await _objects.TreeAsync(new Files { ["open"] = "2", ["secret"] = "s" }), default);
        var expected = await _objects.TreeAsync(new Files { ["open"] = "2", ["secret"] = "t" });
        var blind = new MemoryObjects();
        foreach (var directory in new[] { full, changed, ours })
        {
            await blind.WriteDirectoryAsync(directory.Seal(e => e.Name.ToString() == "secret"), default);
        }

        var outcome = await new TreeMerger(blind.Graph, blind, blind, Labels).MergeAsync(full.Id, ours.Id, changed.Id, default);

        Assert.Equal(expected, Assert.IsType<TreeMergeOutcome.Clean>(outcome.Value).Root);
    }

    [Fact]
    public async Task Exchanging_the_sides_of_random_merges_gives_the_same_verdict_and_loses_nothing()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var before = RandomTree(random);
            var ours = Edit(random, before);
            var theirs = Edit(random, before);

            var (there, files) = await MergeAsync(before, ours, theirs);
            var (back, mirrored) = await MergeAsync(before, theirs, ours);

            Assert.True(there.GetType() == back.GetType(), $"seed {seed}: {there} against {back}");
            if (there is TreeMergeOutcome.Clean)
            {
                Assert.True(there.Root == back.Root, $"seed {seed}");
            }

            AssertNothingLost(seed, before, ours, files, Conflicts(there));
            AssertNothingLost(seed, before, theirs, mirrored, Conflicts(back));
        }
    }

    /// <summary>What a side wrote is in the result or named by a conflict.</summary>
    private static void AssertNothingLost(int seed, Files before, Files side, SortedDictionary<string, string> result, IReadOnlyList<Conflict> conflicts)
    {
        foreach (var (path, content) in side)
        {
            if (before.GetValueOrDefault(path) == content)
            {
                continue;
            }

            var lines = content.Split('\n').Except(before.GetValueOrDefault(path, "").Split('\n'));
            var merged = result.GetValueOrDefault(path, "");
            Assert.True(
                lines.All(line => merged.Contains(line, StringComparison.Ordinal)) || conflicts.Any(c => c.Path.ToString() == path),
                $"seed {seed}: '{path}' lost what a side wrote");
        }
    }

    private static Files RandomTree(Random random)
    {
        var files = new Files();
        foreach (var name in new[] { "a", "b", "d/a", "d/b", "d/e/f", "g" })
        {
            if (random.Next(4) > 0)
            {
                files[name] = Lines(random, 6);
            }
        }

        files["keep"] = "k";
        return files;
    }

    private static Files Edit(Random random, Files before)
    {
        var files = new Files(before);
        for (var i = 0; i < 3; i++)
        {
            var paths = files.Keys.Where(k => k != "keep").ToArray();
            switch (random.Next(4))
            {
                case 0 when paths.Length > 0:
                    files.Remove(paths[random.Next(paths.Length)]);
                    break;
                case 1:
                    var added = new[] { "a", "b", "n", "d/n", "h/i" }[random.Next(5)];
                    files[added] = Lines(random, 4);
                    break;
                case var _ when paths.Length > 0:
                    var path = paths[random.Next(paths.Length)];
                    var lines = files[path].Split('\n');
                    lines[random.Next(lines.Length)] = $"edit {random.Next(1000)}";
                    files[path] = string.Join('\n', lines);
                    break;
                default:
                    break;
            }
        }

        return files;
    }

    private static string Lines(Random random, int count) => string.Join('\n', Enumerable.Range(0, count).Select(_ => $"line {random.Next(100)}")) + "\n";

    private static readonly MergeLabels Labels = new("main", "base", "feature");

    private TreeMerger Merger() => new(_objects.Graph, _objects, _objects, Labels);

    private async Task ExpectCleanAsync(Files before, Files ours, Files theirs, Files expected)
    {
        var (outcome, files) = await MergeAsync(before, ours, theirs);

        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal(new SortedDictionary<string, string>(expected, StringComparer.Ordinal), files);
    }

    private async Task<(TreeMergeOutcome Outcome, SortedDictionary<string, string> Files)> MergeAsync(Files before, Files ours, Files theirs)
    {
        var outcome = (await Merger().MergeAsync(await _objects.TreeAsync(before), await _objects.TreeAsync(ours), await _objects.TreeAsync(theirs), default)).Value;
        return (outcome, await _objects.ListAsync(outcome.Root));
    }

    private static IReadOnlyList<Conflict> Conflicts(TreeMergeOutcome outcome) => outcome is TreeMergeOutcome.Conflicted conflicted ? conflicted.Conflicts : [];
}
