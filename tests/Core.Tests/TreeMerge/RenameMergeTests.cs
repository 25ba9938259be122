using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

public sealed class RenameMergeTests
{
    private const string Text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
    private static readonly string Edited = Text.Replace("two", "TWO", StringComparison.Ordinal);
    private static readonly string EditedElsewhere = Text.Replace("seven", "SEVEN", StringComparison.Ordinal);
    private static readonly string Both = Edited.Replace("seven", "SEVEN", StringComparison.Ordinal);

    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task An_edit_follows_a_rename() =>
        await ExpectCleanAsync(new() { ["a"] = Text }, new() { ["b"] = Text }, new() { ["a"] = Edited }, new() { ["b"] = Edited });

    [Fact]
    public async Task An_edit_joins_an_edited_rename() =>
        await ExpectCleanAsync(new() { ["a"] = Text }, new() { ["d/b"] = EditedElsewhere }, new() { ["a"] = Edited }, new() { ["d/b"] = Both });

    [Fact]
    public async Task A_mode_follows_a_rename() =>
        await ExpectCleanAsync(new() { ["a"] = Text }, new() { ["b"] = Text }, new() { ["a"] = "!x " + Text }, new() { ["b"] = "!x " + Text });

    [Fact]
    public async Task The_same_rename_on_both_sides_joins_their_edits() =>
        await ExpectCleanAsync(new() { ["a"] = Text }, new() { ["b"] = Edited }, new() { ["b"] = EditedElsewhere }, new() { ["b"] = Both });

    [Fact]
    public async Task Two_renames_of_one_file_conflict_and_both_places_hold_both_edits()
    {
        var (outcome, files) = await MergeAsync(new() { ["a"] = Text }, new() { ["b"] = Edited }, new() { ["c"] = EditedElsewhere });

        Assert.Equal(["b:RenameRename", "c:RenameRename"], Kinds(outcome));
        Assert.Equal(new() { ["b"] = Both, ["c"] = Both }, files);
    }

    [Fact]
    public async Task Two_files_renamed_to_one_conflict_and_hold_both()
    {
        var other = string.Concat(Enumerable.Range(0, 8).Select(i => $"other {i}\n"));
        var (outcome, files) = await MergeAsync(new() { ["a"] = Text, ["b"] = other }, new() { ["c"] = Text, ["b"] = other + "ours\n" }, new() { ["a"] = Edited, ["c"] = other });

        Assert.Equal(["c:RenameRename"], Kinds(outcome));
        Assert.Contains("seven", files["c"], StringComparison.Ordinal);
        Assert.Contains("TWO", files["c"], StringComparison.Ordinal);
        Assert.Contains("other 7\nours", files["c"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rename_against_a_deletion_conflicts_and_keeps_the_file()
    {
        var (outcome, files) = await MergeAsync(new() { ["a"] = Text, ["k"] = "" }, new() { ["b"] = Text, ["k"] = "" }, new() { ["k"] = "" });

        Assert.Equal(["b:RenameDelete"], Kinds(outcome));
        Assert.Equal(Text, files["b"]);
    }

    [Fact]
    public async Task An_addition_follows_its_renamed_directory_as_a_proposal()
    {
        var (outcome, files) = await MergeAsync(
            new() { ["old/a"] = Text, ["old/b"] = "b" + Text }, new() { ["new/a"] = Text, ["new/b"] = "b" + Text }, new() { ["old/a"] = Text, ["old/b"] = "b" + Text, ["old/added"] = "x" });

        Assert.Equal(["new/added:RenameRename"], Kinds(outcome));
        Assert.Equal(["new/a", "new/added", "new/b"], files.Keys);
    }

    [Fact]
    public async Task An_addition_to_a_directory_that_went_two_ways_stays_and_is_reported()
    {
        var (outcome, files) = await MergeAsync(
            new() { ["old/a"] = Text, ["old/b"] = "b" + Text }, new() { ["x/a"] = Text, ["y/b"] = "b" + Text }, new() { ["old/a"] = Text, ["old/b"] = "b" + Text, ["old/added"] = "x" });

        Assert.Equal(["old:RenameRename"], Kinds(outcome));
        Assert.Equal("x", files["old/added"]);
    }

    [Fact]
    public async Task A_rename_onto_an_addition_conflicts_and_loses_neither()
    {
        var (outcome, files) = await MergeAsync(new() { ["a"] = Text, ["k"] = "" }, new() { ["b"] = Text, ["k"] = "" }, new() { ["a"] = Edited, ["b"] = "added\n", ["k"] = "" });

        Assert.Equal(["b:AddAdd"], Kinds(outcome));
        Assert.Contains("TWO", files["b"], StringComparison.Ordinal);
        Assert.Contains("added", files["b"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subtree_that_one_side_left_alone_is_not_read()
    {
        var before = new Files { ["a"] = "1" };
        for (var i = 0; i < 50; i++)
        {
            before[$"big/{i}/f"] = $"{i}";
        }

        var theirs = new Files(before) { ["big/7/f"] = "changed" };
        var (b, o, t) = (await _objects.TreeAsync(before), await _objects.TreeAsync(new Files(before) { ["a"] = "2" }), await _objects.TreeAsync(theirs));
        var reads = _objects.Reads;

        var outcome = (await new TreeMerger(_objects.Graph, _objects, _objects, MergeLabels.Default).MergeAsync(b, o, t, default)).Value;

        Assert.IsType<TreeMergeOutcome.Clean>(outcome);
        Assert.Equal(3, _objects.Reads - reads);
    }

    [Fact]
    public async Task A_virtual_base_keeps_both_sides_of_a_disagreement_and_lets_a_later_agreement_through()
    {
        var before = await _objects.TreeAsync(new Files { ["a"] = Text });
        var left = await _objects.TreeAsync(new Files { ["a"] = Edited });
        var right = await _objects.TreeAsync(new Files { ["a"] = Text.Replace("two", "zwei", StringComparison.Ordinal) });
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);

        var crossed = (await new TreeMerger(objects, MergeLabels.Default, isVirtual: true).MergeAsync(before, left, right, default)).Value;
        var again = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(crossed.Root, left, await _objects.TreeAsync(new Files { ["a"] = EditedElsewhere.Replace("two", "TWO", StringComparison.Ordinal) }), default)).Value;

        Assert.IsType<TreeMergeOutcome.Conflicted>(crossed);
        Assert.IsType<TreeMergeOutcome.Clean>(again);
        Assert.Equal(Both, (await _objects.ListAsync(again.Root))["a"]);
    }

    private async Task ExpectCleanAsync(Files before, Files ours, Files theirs, Files expected)
    {
        var (outcome, files) = await MergeAsync(before, ours, theirs);
        Assert.Empty(Kinds(outcome));
        Assert.Equal(new SortedDictionary<string, string>(expected, StringComparer.Ordinal), files);
        var (_, mirrored) = await MergeAsync(before, theirs, ours);
        Assert.Equal(files, mirrored);
    }

    private async Task<(TreeMergeOutcome Outcome, SortedDictionary<string, string> Files)> MergeAsync(Files before, Files ours, Files theirs)
    {
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
        var (b, o, t) = (await _objects.TreeAsync(before), await _objects.TreeAsync(ours), await _objects.TreeAsync(theirs));
        var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(b, o, t, default)).Value;
        Assert.Empty(await MergeProof.CheckAsync(objects, b, o, t, outcome, default));
        return (outcome, await _objects.ListAsync(outcome.Root));
    }

    private static IEnumerable<string> Kinds(TreeMergeOutcome outcome) => outcome.AllConflicts.Select(conflict => $"{conflict.Path}:{conflict.Kind}");
}
