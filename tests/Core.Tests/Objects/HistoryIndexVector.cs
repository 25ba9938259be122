using System.Text;
using System.Text.Json.Nodes;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Tests.Objects;

/// <summary>An index that has everything once: two roots, a merge, an octopus, a clock that went back, a filter of nothing, of too much, and one not known.</summary>
internal static class HistoryIndexVector
{
    public static JsonObject Make()
    {
        var writer = new HistoryIndexWriter();
        var snapshots = new JsonArray();
        Add(writer, snapshots, "a", 1_700_000_000, [], ["README.md", "src/app.cs"], 0b1001);
        Add(writer, snapshots, "b", 1_700_000_100, ["a"], ["src/app.cs"], 0b1);
        Add(writer, snapshots, "c", 1_600_000_000, ["a"], [], 0);
        Add(writer, snapshots, "d", 1_700_000_200, ["b", "c"], null, 0);
        Add(writer, snapshots, "e", -5, [], [.. Enumerable.Range(0, 513).Select(i => $"f{i}")], 0b1);
        Add(writer, snapshots, "f", 1_700_000_300, ["d", "c", "e", "b"], ["docs/a/b/c.md"], 0b1000);
        return new JsonObject { ["snapshots"] = snapshots, ["index"] = Convert.ToHexStringLower(writer.ToIndex().Bytes.Span) };
    }

    private static void Add(HistoryIndexWriter writer, JsonArray snapshots, string name, long seconds, string[] parents, string[]? changed, byte classes)
    {
        var (id, root) = (IdOf(name), ContentHash.OfContent(Encoding.UTF8.GetBytes("root " + name)));
        writer.Add(
            new IndexedSnapshot(id, root, [.. parents.Select(IdOf)], seconds, false),
            changed is null ? null : new ChangedPathsRow(PathFilter.Build(changed.Select(path => TreePath.Parse(path).Value)), classes));
        snapshots.Add(new JsonObject
        {
            ["id"] = id.ToString(), ["root"] = root.ToString(), ["parents"] = new JsonArray([.. parents.Select(parent => (JsonNode)IdOf(parent).ToString())]),
            ["seconds"] = seconds, ["changed"] = changed is null ? null : new JsonArray([.. changed.Select(path => (JsonNode)path)]), ["classes"] = classes,
        });
    }

    private static SnapshotId IdOf(string name) => new(ContentHash.OfContent(Encoding.UTF8.GetBytes("snapshot " + name)));
}
