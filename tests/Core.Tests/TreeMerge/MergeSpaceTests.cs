using System.Text;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>
/// Merges every pair of deeds. What comes of each is pinned in merge-space.tsv (ours, theirs, verdict, files, reason).
/// <see cref="GitReplayTests"/> holds the same pairs against git.
/// </summary>
public sealed class MergeSpaceTests
{
    private const string Table = "tests/Core.Tests/TreeMerge/merge-space.tsv";

    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task Every_pair_of_deeds_comes_to_what_is_written_down()
    {
        var golden = Rows();
        var found = new StringBuilder();
        foreach (var ours in MergeSpace.Deeds)
        {
            foreach (var theirs in MergeSpace.Deeds)
            {
                found.Append($"{ours}\t{theirs}\t{await MergeAsync(ours, theirs)}\t{golden.GetValueOrDefault((ours, theirs), "(no reason written)")}\n");
            }
        }

        Assert.Equal(Golden.Expect(Table, found.ToString()), found.ToString());
    }

    [Fact]
    public void Every_row_has_its_reason() => Assert.All(Rows().Values, reason => Assert.True(reason.Length > 10, reason));

    private async Task<string> MergeAsync(string ours, string theirs)
    {
        var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
        var b = await _objects.TreeAsync(MergeSpace.Base);
        var (ourFiles, theirFiles) = (MergeSpace.After(ours, "o"), MergeSpace.After(theirs, "t"));
        var (o, t) = (await _objects.TreeAsync(ourFiles), await _objects.TreeAsync(theirFiles));
        var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(b, o, t, default)).Value;
        Assert.Empty(await MergeProof.CheckAsync(objects, b, o, t, outcome, default));
        var files = await _objects.ListAsync(outcome.Root);
        AssertNothingLost(ourFiles, files, outcome, $"{ours} × {theirs}");
        AssertNothingLost(theirFiles, files, outcome, $"{ours} × {theirs}");
        var conflicts = string.Join(' ', outcome.AllConflicts.Select(c => $"{c.Path}:{c.Kind}"));
        return $"{(conflicts.Length == 0 ? "clean" : conflicts)}\t{string.Join(' ', files.Keys)}";
    }

    /// <summary>Every line that a side wrote is somewhere in the result, or its version is named by a conflict.</summary>
    private void AssertNothingLost(Dictionary<string, string> side, SortedDictionary<string, string> result, TreeMergeOutcome outcome, string row)
    {
        var before = MergeSpace.Base.Values.SelectMany(content => content.Split('\n')).ToHashSet(StringComparer.Ordinal);
        var after = result.Values.SelectMany(content => content.Split('\n')).ToHashSet(StringComparer.Ordinal);
        var recorded = outcome.AllConflicts.SelectMany(c => new[] { c.Ours, c.Theirs }).OfType<W0rktree.Core.Objects.ConflictSide>().Select(version => _objects.Text(version.Hash)).ToList();
        foreach (var line in side.Values.SelectMany(content => content.Split('\n')).Where(line => !before.Contains(line) && !line.StartsWith("!x ", StringComparison.Ordinal)))
        {
            Assert.True(after.Contains(line) || recorded.Any(content => line.EndsWith(content, StringComparison.Ordinal) || content.Contains(line, StringComparison.Ordinal)), $"{row}: '{line}' is lost");
        }
    }

    private static Dictionary<(string, string), string> Rows() =>
        File.ReadAllLines(Path.Combine(Repository.Root, Table)).Select(line => line.Split('\t')).Where(cells => cells.Length == 5)
            .ToDictionary(cells => (cells[0], cells[1]), cells => cells[4]);
}
