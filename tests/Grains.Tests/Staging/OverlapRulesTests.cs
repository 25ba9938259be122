using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Staging;

namespace W0rktree.Grains.Tests.Staging;

public class OverlapRulesTests
{
    [Fact]
    public void Different_paths_do_not_meet() =>
        Assert.Empty(OverlapRules.Meet([Changed("a", "1")], [Changed("b", "2"), Changed("ab", "2"), Changed("a.txt", "3")]));

    [Fact]
    public void The_same_path_with_different_content_meets() =>
        Assert.Equal([("a", OverlapKind.SamePath)], Meet([Changed("a", "1")], [Changed("a", "2")]));

    [Fact]
    public void The_same_content_is_told_apart() =>
        Assert.Equal([("a", OverlapKind.SameContent)], Meet([Changed("a", "1")], [Changed("a", "1")]));

    [Fact]
    public void Both_deleting_is_the_same_content() =>
        Assert.Equal([("a", OverlapKind.SameContent)], Meet([Deleted("a")], [Deleted("a")]));

    [Fact]
    public void Changing_what_the_other_deletes_predicts_a_conflict()
    {
        Assert.Equal([("a", OverlapKind.PredictedConflict)], Meet([Changed("a", "1")], [Deleted("a")]));
        Assert.Equal([("a", OverlapKind.PredictedConflict)], Meet([Deleted("a")], [Changed("a", "1")]));
    }

    [Fact]
    public void Both_adding_different_content_predicts_a_conflict() =>
        Assert.Equal([("a", OverlapKind.PredictedConflict)], Meet([Added("a", "1")], [Added("a", "2")]));

    [Fact]
    public void Editing_what_the_other_renames_meets_at_the_old_name() =>
        Assert.Contains(Meet([Renamed("old", "new", "1")], [Changed("old", "2")]), m => m.Path == "old");

    [Fact]
    public void A_file_where_the_other_has_a_folder_predicts_a_conflict()
    {
        Assert.Contains(Meet([Added("a", "1")], [Added("a/b", "2")]), m => m.Kind == OverlapKind.PredictedConflict);
        Assert.Contains(Meet([Added("a/b", "2")], [Added("a", "1")]), m => m.Kind == OverlapKind.PredictedConflict);
    }

    [Fact]
    public void Meeting_is_symmetric_in_its_paths()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 200; round++)
        {
            var (mine, theirs) = (Draw(random), Draw(random));
            var (there, back) = (Meet(mine, theirs), Meet(theirs, mine));
            Assert.True(there.Length > 0 == back.Length > 0, $"seed 20261121, round {round}: {Show(mine)} against {Show(theirs)}");
        }
    }

    private static StagedPath[] Draw(Random random)
    {
        string[] names = ["a", "b", "a/b", "a/c", "a/b/d", "e"];
        return [.. names.Where(_ => random.Next(3) == 0).Select(n => random.Next(3) switch { 0 => Deleted(n), 1 => Added(n, $"{random.Next(3)}"), _ => Changed(n, $"{random.Next(3)}") })];
    }

    private static string Show(StagedPath[] paths) => string.Join(", ", paths.Select(p => $"{p.Change} {p.Path}"));

    private static (string Path, OverlapKind Kind)[] Meet(StagedPath[] mine, StagedPath[] theirs) =>
        [.. OverlapRules.Meet(mine, theirs).Select(m => (m.Path.ToString(), m.Kind))];

    private static StagedPath Changed(string path, string content) => Path(path, StagedChange.Modified, content) with { OldHash = Hash("before") };

    private static StagedPath Added(string path, string content) => Path(path, StagedChange.Added, content);

    private static StagedPath Deleted(string path) => new() { Path = TreePath.Parse(path).Value, Change = StagedChange.Deleted, OldHash = Hash("before"), Class = "code" };

    private static StagedPath Renamed(string from, string to, string content) => Path(to, StagedChange.Renamed, content) with { OldPath = TreePath.Parse(from).Value };

    private static StagedPath Path(string path, StagedChange change, string content) =>
        new() { Path = TreePath.Parse(path).Value, Change = change, NewHash = Hash(content), Class = "code" };

    private static ContentHash Hash(string content) => ContentHash.OfContent(System.Text.Encoding.UTF8.GetBytes(content));
}
