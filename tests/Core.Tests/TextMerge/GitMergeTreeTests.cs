using System.Globalization;
using System.Text;
using W0rktree.Core.TextMerge;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextMerge;

/// <summary>Holds the merge, as the product runs it, against <c>git merge-tree</c>: the machinery of <c>git merge</c>.</summary>
public sealed class GitMergeTreeTests
{
    private const int Triples = 400;

    [GitMergeTreeFact]
    public void Verdict_and_clean_content_are_those_of_git_merge()
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        var triples = Enumerable.Range(0, Triples).Select(_ => texts.NextTriple()).ToArray();
        using var git = GitOracle.WithRepository();
        var @base = Commit(git, triples.Select(triple => triple.Base), null);
        var ours = Commit(git, triples.Select(triple => triple.Ours), @base);
        var theirs = Commit(git, triples.Select(triple => triple.Theirs), @base);
        var merged = git.Run([], "merge-tree", "--write-tree", "--name-only", "--no-messages", ours, theirs);
        Assert.InRange(merged.ExitCode, 0, 1);
        var lines = merged.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var conflicted = lines.Skip(1).ToHashSet(StringComparer.Ordinal);
        Assert.InRange(conflicted.Count, Triples / 10, Triples * 9 / 10);
        for (var i = 0; i < triples.Length; i++)
        {
            var outcome = Core.TextMerge.TextMerge.Merge(triples[i].Base, triples[i].Ours, triples[i].Theirs, MergeLabels.Default);
            Assert.True(conflicted.Contains(Name(i)) == outcome is TextMergeOutcome.Conflicted, $"seed {seed}, triple {i}: git {(conflicted.Contains(Name(i)) ? "conflicts" : "is clean")}");
            if (outcome is TextMergeOutcome.Clean clean)
            {
                var content = git.Run([], "cat-file", "blob", $"{lines[0]}:{Name(i)}").Output;
                Assert.True(clean.Content.Span.SequenceEqual(content), $"seed {seed}, triple {i}\n--- git\n{Encoding.UTF8.GetString(content)}\n--- ours\n{Encoding.UTF8.GetString(clean.Content.Span)}");
            }
        }
    }

    private static string Name(int triple) => $"f{triple.ToString("D4", CultureInfo.InvariantCulture)}";

    private static string Commit(GitOracle git, IEnumerable<byte[]> contents, string? parent)
    {
        foreach (var (i, content) in contents.Index())
        {
            git.Write(Name(i), content);
        }

        File.Delete(git.PathOf(".git/index"));
        git.Run([], "-c", "core.autocrlf=false", "add", "-A");
        var tree = git.Run([], "write-tree").Text.Trim();
        string[] parents = parent is null ? [] : ["-p", parent];
        return git.Run([], ["-c", "user.name=t", "-c", "user.email=t@t", "commit-tree", tree, "-m", "m", .. parents]).Text.Trim();
    }
}
