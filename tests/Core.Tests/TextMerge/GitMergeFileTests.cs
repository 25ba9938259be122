using System.Text;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TextMerge;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextMerge;

/// <summary>Holds the merge against <c>git merge-file</c>, which aligns by Myers' algorithm.</summary>
public sealed class GitMergeFileTests
{
    private static readonly LineDiffOptions AsMergeFile = new(DiffAlgorithm.Myers, IndentHeuristic: false);

    [GitFact]
    public void Verdict_and_clean_content_are_those_of_git()
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        using var git = new GitOracle();
        var same = 0;
        const int Rounds = 400;
        for (var round = 0; round < Rounds; round++)
        {
            var (@base, ours, theirs) = texts.NextTriple();
            git.Write("base", @base);
            git.Write("ours", ours);
            git.Write("theirs", theirs);
            var answer = git.Run([], "merge-file", "-p", "ours", "base", "theirs");
            var outcome = Core.TextMerge.TextMerge.Merge(@base, ours, theirs, MergeLabels.Default, AsMergeFile);
            var agrees = outcome is TextMergeOutcome.Clean clean
                ? answer.ExitCode == 0 && clean.Content.Span.SequenceEqual(answer.Output)
                : answer.ExitCode != 0;
            same += agrees ? 1 : 0;
            Assert.True(agrees, $"seed {seed}, round {round}: git says {answer.ExitCode}\n{answer.Text}\n--- we say\n{outcome}\n--- base\n{Encoding.UTF8.GetString(@base)}--- ours\n{Encoding.UTF8.GetString(ours)}--- theirs\n{Encoding.UTF8.GetString(theirs)}");
        }

        Assert.Equal(Rounds, same);
    }

    /// <summary>
    /// With --diff3 git leaves regions in which both sides came to the same lines by different edits; those are resolved
    /// here, so texts that have one are left out. Everything else is the same to the byte, markers included.
    /// </summary>
    [GitFact]
    public void Markers_are_those_of_git()
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        using var git = new GitOracle();
        var compared = 0;
        for (var round = 0; round < 400; round++)
        {
            var (@base, ours, theirs) = texts.NextTriple();
            if (Core.TextMerge.TextMerge.Merge(@base, ours, theirs, MergeLabels.Default, AsMergeFile) is not TextMergeOutcome.Conflicted conflicted)
            {
                continue;
            }

            git.Write("base", @base);
            git.Write("ours", ours);
            git.Write("theirs", theirs);
            var answer = git.Run([], "merge-file", "-p", "--diff3", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs");
            // Where the base shows no line end, git ends markers in LF; here the two sides decide.
            var isCrLfByTheSides = !@base.AsSpan().Contains((byte)'\n') && (ours.AsSpan().Contains((byte)'\r') || theirs.AsSpan().Contains((byte)'\r'));
            if (answer.ExitCode == conflicted.Regions.Count && !isCrLfByTheSides)
            {
                compared++;
                Assert.True(conflicted.WithMarkers.Span.SequenceEqual(answer.Output), $"seed {seed}, round {round}\n--- git\n{answer.Text}--- ours\n{Encoding.UTF8.GetString(conflicted.WithMarkers.Span)}");
            }
        }

        Assert.True(compared > 100, $"seed {seed}: only {compared} conflicts were compared");
    }
}
