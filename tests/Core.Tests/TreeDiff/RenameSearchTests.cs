using System.Globalization;
using System.Text;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.Core.Tests.TreeMerge;
using W0rktree.Core.TreeDiff;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeDiff;

public sealed class RenameSearchTests
{
    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task An_edited_file_that_moved_is_one_rename_with_its_similarity()
    {
        var text = string.Concat(Enumerable.Range(0, 20).Select(i => $"line {i}\n"));
        var change = Assert.Single(await JoinAsync(new() { ["a"] = text }, new() { ["d/b"] = text + "more\n" }, RenameLimits.ForDiff));

        Assert.Equal((ChangeType.Renamed, "a", "d/b"), (change.Type, change.OldPath.ToString(), change.Path.ToString()));
        Assert.InRange(change.SimilarityPercent, 90, 99);
    }

    [Fact]
    public async Task Files_below_the_threshold_stay_a_deletion_and_an_addition() =>
        Assert.Equal(2, (await JoinAsync(new() { ["a"] = "1\n2\n3\n4\n" }, new() { ["b"] = "1\nx\ny\nz\n" }, RenameLimits.ForDiff)).Count);

    [Fact]
    public async Task A_search_over_the_limit_says_so_and_still_finds_what_kept_its_name()
    {
        var (before, after) = (new Files(), new Files());
        for (var i = 0; i < 30; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 20).Select(line => $"{i} {line}\n"));
            before[$"old/f{i}"] = text;
            after[i < 10 ? $"new/f{i}" : $"new/g{i}"] = text + "more\n";
        }

        var b = await _objects.TreeAsync(before);
        var a = await _objects.TreeAsync(after);
        var joined = await RenameJoin.JoinAsync(await DirectoryDiff.CompareAsync(_objects.Graph, b, a, default), ReadAsync, new RenameLimits(MaxComparisons: 100), default);

        Assert.Equal(10, joined.Changes.Count(change => change.Type == ChangeType.Renamed));
        Assert.Equal(400, joined.GaveUpAt);
    }

    [GitFact]
    public async Task Renames_are_those_of_git_in_99_of_100()
    {
        var seed = Seed.OfThisRun;
        var trees = new MadeTrees(seed);
        var pairs = Enumerable.Range(0, 400).Select(_ => trees.NextTriple()).ToArray();
        using var git = GitOracle.WithRepository();
        git.Run(Script(pairs), "fast-import", "--quiet");
        var (same, all) = (0, 0);
        var found = RenamesOfGit(git, pairs.Length);
        for (var i = 0; i < pairs.Length; i++)
        {
            var theirs = found[i];
            var ours = (await JoinAsync(pairs[i].Base, pairs[i].Ours, RenameLimits.ForDiff))
                .Where(change => change.Type == ChangeType.Renamed).Select(change => $"{change.OldPath} → {change.Path}").ToHashSet();
            same += ours.Intersect(theirs).Count();
            all += ours.Union(theirs).Count();
        }

        Assert.True(all > 100 && same * 100 >= all * 99, $"seed {seed}: {same} of {all} renames are git's");
    }

    // One process for all pairs: it says the two trees before their renames, if it finds any.
    private static HashSet<string>[] RenamesOfGit(GitOracle git, int count)
    {
        var trees = git.Run([], "for-each-ref", "--format=%(refname:short) %(tree)", "refs/heads").Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(cells => cells[0], cells => cells[1]);
        var lines = Enumerable.Range(0, count).Select(i => $"{trees[$"b{i}"]} {trees[$"o{i}"]}").ToArray();
        var printed = git.Run(Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"), "diff-tree", "--stdin", "-r", "-M50%", "--diff-filter=R", "--name-status").Text;
        var renames = lines.ToDictionary(line => line, _ => new HashSet<string>());
        var current = "";
        foreach (var cells in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')))
        {
            if (cells.Length == 1)
            {
                current = cells[0];
            }
            else
            {
                renames[current].Add($"{cells[1]} → {cells[2]}");
            }
        }

        return [.. lines.Select(line => renames[line])];
    }

    private async Task<IReadOnlyList<PathChange>> JoinAsync(Files before, Files after, RenameLimits limits)
    {
        var changes = await DirectoryDiff.CompareAsync(_objects.Graph, await _objects.TreeAsync(before), await _objects.TreeAsync(after), default);
        return (await RenameJoin.JoinAsync(changes, ReadAsync, limits, default)).Changes;
    }

    private ValueTask<ReadOnlyMemory<byte>?> ReadAsync(RenameSide side, CancellationToken cancellationToken) => _objects.ReadAsync(side.Entry.Hash, long.MaxValue, cancellationToken);

    private static byte[] Script((Files Base, Files Ours, Files Theirs)[] pairs)
    {
        var script = new StringBuilder();
        foreach (var (i, (before, ours, _)) in pairs.Index())
        {
            foreach (var (name, files) in new[] { ($"b{i}", before), ($"o{i}", ours) })
            {
                script.Append(CultureInfo.InvariantCulture, $"commit refs/heads/{name}\ncommitter t <t@t> 1700000000 +0000\ndata 0\ndeleteall\n");
                foreach (var (path, content) in files)
                {
                    var (mode, text) = content.StartsWith("!x ", StringComparison.Ordinal) ? ("100755", content[3..]) : content.StartsWith("!l ", StringComparison.Ordinal) ? ("120000", content[3..]) : ("100644", content);
                    script.Append(CultureInfo.InvariantCulture, $"M {mode} inline {path}\ndata {Encoding.UTF8.GetByteCount(text)}\n{text}\n");
                }
            }
        }

        return Encoding.UTF8.GetBytes(script.ToString());
    }
}
