using System.Globalization;
using System.Text;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>
/// Holds merges of whole trees against <c>git merge-tree</c>: the same verdict, and where both are clean the same tree. The slice
/// of the campaign in tests/campaigns/merge-replay that needs no repository: its histories are made from a seed.
/// </summary>
public sealed class GitReplayTests
{
    private readonly MemoryObjects _objects = new();
    private readonly List<string> _differences = [];

    [GitMergeTreeFact]
    public Task Made_histories_merge_as_git_merges_them() => CompareMadeAsync(600, hasOddFiles: false);

    [GitMergeTreeFact]
    public Task Made_histories_of_odd_files_merge_as_git_merges_them() => CompareMadeAsync(300, hasOddFiles: true);

    private async Task CompareMadeAsync(int histories, bool hasOddFiles)
    {
        // The same histories every time: a slice that every run can be compared with. tests/campaigns/merge-seeds asks for others.
        var first = Asked("WT_MERGE_FIRST", 20_261_121);
        for (var seed = first; seed < first + Asked("WT_MERGE_SEEDS", 1); seed++)
        {
            var trees = new MadeTrees(seed, hasOddFiles);
            await CompareAsync([.. Enumerable.Range(0, histories).Select(_ => trees.NextTriple())], $"seed {seed}");
        }

        Assert.True(_differences.Count == 0, $"{_differences.Count} merges differ from git's or are not explained.\n{string.Join("\n\n", _differences.Take(10))}");
    }

    [GitMergeTreeFact]
    public async Task Every_pair_of_deeds_merges_as_git_merges_it()
    {
        await CompareAsync(
            [.. from ours in MergeSpace.Deeds from theirs in MergeSpace.Deeds select (MergeSpace.Base, MergeSpace.After(ours, "o"), MergeSpace.After(theirs, "t"))],
            "the space of deeds");
        Assert.True(_differences.Count == 0, string.Join("\n\n", _differences));
    }

    private static int Asked(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private async Task CompareAsync(IReadOnlyList<(Files Base, Files Ours, Files Theirs)> triples, string what)
    {
        using var git = GitOracle.WithRepository();
        git.Run(Script(triples), "fast-import", "--quiet");
        var pairs = string.Concat(Enumerable.Range(0, triples.Count).Select(i => $"o{i} t{i}\n"));
        var fields = git.Run(Encoding.ASCII.GetBytes(pairs), "merge-tree", "--write-tree", "--name-only", "--no-messages", "--stdin").Text.Split('\0');
        var at = 0;
        var clean = 0;
        for (var i = 0; i < triples.Count; i++)
        {
            var (isClean, tree) = (fields[at] == "1", fields[at + 1]);
            for (at += 2; fields[at].Length > 0; at++)
            {
            }

            at++;
            var (before, ours, theirs) = triples[i];
            var (b, o, t) = (await _objects.TreeAsync(before), await _objects.TreeAsync(ours), await _objects.TreeAsync(theirs));
            var objects = new StoredMergeObjects(_objects.Graph, _objects, _objects);
            var outcome = (await new TreeMerger(objects, MergeLabels.Default).MergeAsync(b, o, t, default)).Value;
            var defects = await MergeProof.CheckAsync(objects, b, o, t, outcome, default);
            if (defects.Count > 0)
            {
                _differences.Add($"{what}, merge {i}: {string.Join("; ", defects)}\n{Show(triples[i])}");
            }

            clean += isClean ? 1 : 0;
            if (outcome is TreeMergeOutcome.Clean != isClean)
            {
                _differences.Add($"{what}, merge {i}: git {(isClean ? "is clean" : "conflicts")}, here {string.Join(' ', outcome.AllConflicts.Select(c => $"{c.Path}:{c.Kind}"))}\n{Show(triples[i])}");
            }
            else if (isClean && await new GitTreeIds(objects).OfAsync(outcome.Root, default) != tree)
            {
                _differences.Add($"{what}, merge {i}: another tree than git's\n{Show(triples[i])}");
            }
        }

        Assert.InRange(clean, triples.Count / 10, triples.Count * 9 / 10);
    }

    private static string Show((Files Base, Files Ours, Files Theirs) triple) =>
        string.Join("\n", new[] { ("base", triple.Base), ("ours", triple.Ours), ("theirs", triple.Theirs) }
            .Select(side => side.Item1 + ": " + string.Join(" | ", side.Item2.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value.ReplaceLineEndings("\\")}"))));

    /// <summary>Writes all trees as one stream for <c>git fast-import</c>: a base and two children for each.</summary>
    private static byte[] Script(IReadOnlyList<(Files Base, Files Ours, Files Theirs)> triples)
    {
        var script = new StringBuilder();
        var mark = 0;
        foreach (var (i, (before, ours, theirs)) in triples.Index())
        {
            var parent = Commit(script, $"b{i}", before, null, ref mark);
            Commit(script, $"o{i}", ours, parent, ref mark);
            Commit(script, $"t{i}", theirs, parent, ref mark);
        }

        return Encoding.UTF8.GetBytes(script.ToString());
    }

    private static int Commit(StringBuilder script, string name, Files files, int? parent, ref int mark)
    {
        script.Append(CultureInfo.InvariantCulture, $"commit refs/heads/{name}\nmark :{++mark}\ncommitter t <t@t> {1_700_000_000 + mark} +0000\ndata 0\n");
        script.Append(parent is { } from ? string.Create(CultureInfo.InvariantCulture, $"from :{from}\n") : "").Append("deleteall\n");
        foreach (var (path, content) in files)
        {
            var (mode, text) = content.StartsWith("!x ", StringComparison.Ordinal) ? ("100755", content[3..]) : content.StartsWith("!l ", StringComparison.Ordinal) ? ("120000", content[3..]) : ("100644", content);
            script.Append(CultureInfo.InvariantCulture, $"M {mode} inline {path}\ndata {Encoding.UTF8.GetByteCount(text)}\n{text}\n");
        }

        return mark;
    }
}
