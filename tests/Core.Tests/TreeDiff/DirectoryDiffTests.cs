using W0rktree.Core.TreeDiff;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeDiff;

public sealed class DirectoryDiffTests
{
    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task Every_type_of_change_is_told_apart()
    {
        var changes = await CompareAsync(
            new Files { ["same"] = "s", ["mod"] = "1", ["gone"] = "g", ["bit"] = "b", ["kind"] = "k", ["dir/x"] = "x", ["f"] = "f" },
            new Files { ["same"] = "s", ["mod"] = "2", ["new/n"] = "n", ["bit"] = "!x b", ["kind"] = "!l k", ["dir"] = "file", ["f/y"] = "y" });

        Assert.Equal(
            ["added dir", "added f/y", "added new/n", "deleted dir/x", "deleted f", "deleted gone", "mode_changed bit", "modified mod", "type_changed kind"],
            changes.Select(c => $"{c.Type.Text} {c.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Changes_come_in_the_order_of_paths()
    {
        var changes = await CompareAsync([], new Files { ["a-b"] = "1", ["a/z"] = "1", ["a.b"] = "1", ["a/b/c"] = "1" });

        Assert.Equal(changes.Select(c => c.Path).Order(), changes.Select(c => c.Path));
    }

    [Fact]
    public async Task Equal_subtrees_are_never_read()
    {
        var files = Enumerable.Range(0, 200).ToDictionary(i => $"d{i}/f", i => $"{i}");
        var before = await _objects.TreeAsync(files);
        files["d7/f"] = "other";
        var after = await _objects.TreeAsync(files);
        var reads = _objects.Reads;

        await DirectoryDiff.CompareAsync(_objects.Graph, before, after, default);

        Assert.Equal(4, _objects.Reads - reads);
    }

    [Fact]
    public async Task A_moved_file_is_a_rename_and_prefers_its_own_name()
    {
        var changes = ExactRenames.Join(await CompareAsync(
            new Files { ["src/a.cs"] = "code", ["other"] = "code", ["k"] = "k" },
            new Files { ["lib/a.cs"] = "code", ["k"] = "k" }));

        Assert.Equal(["renamed lib/a.cs from src/a.cs", "deleted other from "], changes.Select(c => $"{c.Type.Text} {c.Path} from {c.OldPath}"));
    }

    [Fact]
    public async Task Empty_files_are_no_renames()
    {
        var changes = ExactRenames.Join(await CompareAsync(new Files { ["a"] = "" }, new Files { ["b"] = "" }));

        Assert.Equal([ChangeType.Deleted, ChangeType.Added], changes.Select(c => c.Type));
    }

    private async Task<IReadOnlyList<PathChange>> CompareAsync(Files before, Files after) =>
        await DirectoryDiff.CompareAsync(_objects.Graph, await _objects.TreeAsync(before), await _objects.TreeAsync(after), default);
}
