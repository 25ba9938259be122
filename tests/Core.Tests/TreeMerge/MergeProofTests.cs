using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>Breaks sound merge results on purpose, one way at a time: the self-check has to find each.</summary>
public sealed class MergeProofTests
{
    private static readonly string Text = Lines("line");
    private static readonly string Moving = Lines("moving");

    private static readonly Files Base = new()
    {
        ["both"] = Text, ["fight"] = Text, ["ours"] = Text, ["theirs"] = Text, ["same"] = Text, ["untouched"] = "u",
        ["gone-ours"] = Lines("g1"), ["gone-theirs"] = Lines("g2"), ["mode"] = Text, ["link"] = "!l a", ["move"] = Moving, ["d/deep/x"] = Lines("deep"), ["del"] = Lines("del"),
    };

    private static readonly Files Ours = new()
    {
        ["both"] = Set(Text, 2, "our edit"), ["fight"] = Set(Text, 5, "our side"), ["ours"] = Set(Text, 1, "mine"), ["theirs"] = Text, ["same"] = Set(Text, 3, "agreed"), ["untouched"] = "u",
        ["gone-theirs"] = Lines("g2"), ["mode"] = "!x " + Text, ["link"] = "!l b", ["moved"] = Moving, ["d/deep/x"] = Lines("deep"), ["new-ours"] = "fresh\n", ["del"] = Set(Lines("del"), 4, "kept"),
    };

    private static readonly Files Theirs = new()
    {
        ["both"] = Set(Text, 9, "their edit"), ["fight"] = Set(Text, 5, "their side"), ["ours"] = Text, ["theirs"] = Set(Text, 8, "yours"), ["same"] = Set(Text, 3, "agreed"), ["untouched"] = "u",
        ["gone-ours"] = Lines("g1"), ["mode"] = Set(Text, 6, "content"), ["link"] = "!l a", ["move"] = Set(Moving, 7, "edited"), ["d/deep/x"] = Set(Lines("deep"), 2, "below"), ["new-theirs"] = "fresh too\n",
    };

    public static TheoryData<string> Breakages => [.. Ways.Keys];

    private static readonly Dictionary<string, Action<SortedDictionary<string, string>>> Ways = new()
    {
        ["our edit of a joined text is lost"] = f => f["both"] = Theirs["both"],
        ["their edit of a joined text is lost"] = f => f["both"] = Ours["both"],
        ["both edits of a joined text are lost"] = f => f["both"] = Base["both"],
        ["a joined text has a line too many"] = f => f["both"] += "more\n",
        ["a joined text has a line too few"] = f => f["both"] = f["both"].Replace("line 11\n", "", StringComparison.Ordinal),
        ["a joined text has two lines exchanged"] = f => f["both"] = f["both"].Replace("line 10\nline 11\n", "line 11\nline 10\n", StringComparison.Ordinal),
        ["a joined text is executable for no reason"] = f => f["both"] = "!x " + f["both"],
        ["our file is put back to the base"] = f => f["ours"] = Base["ours"],
        ["their file is put back to the base"] = f => f["theirs"] = Base["theirs"],
        ["what both sides agree on is put back"] = f => f["same"] = Base["same"],
        ["an untouched file is changed"] = f => f["untouched"] = "v",
        ["an untouched file vanishes"] = f => f.Remove("untouched"),
        ["a file from nowhere appears"] = f => f["extra"] = "x",
        ["what we deleted comes back"] = f => f["gone-ours"] = Base["gone-ours"],
        ["what they deleted comes back"] = f => f["gone-theirs"] = Base["gone-theirs"],
        ["our new file is missing"] = f => f.Remove("new-ours"),
        ["their new file is missing"] = f => f.Remove("new-theirs"),
        ["our executable bit is lost"] = f => f["mode"] = f["mode"][3..],
        ["their content under our executable bit is lost"] = f => f["mode"] = "!x " + Text,
        ["our symlink points back"] = f => f["link"] = "!l a",
        ["a symlink became a file"] = f => f["link"] = "b",
        ["their edit of the file we moved is lost"] = f => f["moved"] = Moving,
        ["the moved file stands at both places"] = f => f["move"] = Theirs["move"],
        ["the moved file is missing"] = f => f.Remove("moved"),
        ["the moved file stands somewhere else"] = f => Move(f, "moved", "elsewhere"),
        ["their change deep below is lost"] = f => f["d/deep/x"] = Base["d/deep/x"],
        ["a whole directory is lost"] = f => f.Remove("d/deep/x"),
        ["a file that they deleted and we changed is missing"] = f => f.Remove("del"),
        ["the conflict shows only our side"] = f => f["fight"] = f["fight"].Replace("their side\n", "", StringComparison.Ordinal),
        ["the conflict lost its base"] = f => f["fight"] = f["fight"].Replace("|||||||", "", StringComparison.Ordinal),
        ["two files exchanged their content"] = f => (f["ours"], f["theirs"]) = (f["theirs"], f["ours"]),
    };

    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task A_sound_result_has_no_defect() => Assert.Empty(await CheckAsync(_ => { }, outcome => outcome));

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task A_broken_result_is_found(string way) => Assert.NotEmpty(await CheckAsync(Ways[way], outcome => outcome));

    [Theory]
    [InlineData("fight")]
    [InlineData("del")]
    public async Task A_conflict_that_is_not_recorded_is_found(string path) =>
        Assert.Contains(
            await CheckAsync(_ => { }, outcome => new TreeMergeOutcome.Conflicted(outcome.Root, [.. outcome.AllConflicts.Where(c => c.Path.ToString() != path)]) { Explanation = outcome.Explanation }),
            defect => defect.Path == TreePath.Parse(path).Value);

    [Fact]
    public async Task Claims_that_were_dropped_are_found() =>
        Assert.NotEmpty(await CheckAsync(_ => { }, outcome => new TreeMergeOutcome.Conflicted(outcome.Root, outcome.AllConflicts)));

    private async Task<IReadOnlyList<MergeDefect>> CheckAsync(Action<SortedDictionary<string, string>> breakIt, Func<TreeMergeOutcome, TreeMergeOutcome> rewrite)
    {
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
        var (before, ours, theirs) = (await _objects.TreeAsync(Base), await _objects.TreeAsync(Ours), await _objects.TreeAsync(Theirs));
        var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(before, ours, theirs, default)).Value;
        Assert.Equal(["del:ModifyDelete", "fight:Content"], outcome.AllConflicts.Select(c => $"{c.Path}:{c.Kind}"));
        var files = await _objects.ListAsync(outcome.Root);
        breakIt(files);
        return await MergeProof.CheckAsync(objects, before, ours, theirs, rewrite(outcome) with { Root = await _objects.TreeAsync(files) }, default);
    }

    private static void Move(SortedDictionary<string, string> files, string from, string to)
    {
        files.Remove(from, out var content);
        files[to] = content!;
    }

    private static string Lines(string word) => string.Concat(Enumerable.Range(0, 12).Select(i => $"{word} {i}\n"));

    private static string Set(string text, int line, string to)
    {
        var lines = text.Split('\n');
        lines[line] = to;
        return string.Join('\n', lines);
    }
}
