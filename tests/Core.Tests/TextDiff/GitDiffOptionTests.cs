using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using W0rktree.Core.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextDiff;

/// <summary>Holds the options of a diff against those of git of the same meaning, byte for byte, over made-up texts full of white space.</summary>
public sealed class GitDiffOptionTests
{
    private static readonly string[] Spaces = ["", "", " ", "  ", "\t", " \t "];

    [GitFact]
    public void Ignoring_all_space_is_as_in_git() => Compare(Options(SpaceRule.IgnoreAll), "-w");

    [GitFact]
    public void Ignoring_the_amount_of_space_is_as_in_git() => Compare(Options(SpaceRule.IgnoreAmount), "-b");

    [GitFact]
    public void Ignoring_space_at_the_end_is_as_in_git() => Compare(Options(SpaceRule.IgnoreAtEnd), "--ignore-space-at-eol");

    [GitFact]
    public void Ignoring_carriage_returns_is_as_in_git() => Compare(Options(SpaceRule.IgnoreCarriageReturnAtEnd), "--ignore-cr-at-eol");

    [GitFact]
    public void Ignoring_blank_lines_is_as_in_git() => Compare(new(Diff: LineDiffOptions.Default with { IgnoreBlankLines = true }), "--ignore-blank-lines");

    [GitFact]
    public void Ignoring_blank_lines_and_space_is_as_in_git() =>
        Compare(new(Diff: LineDiffOptions.Default with { IgnoreBlankLines = true, Space = SpaceRule.IgnoreAmount }), "--ignore-blank-lines", "-b");

    [GitFact]
    public void Whole_functions_are_those_of_git() => Compare(PatchOptions.Default with { WholeFunctions = true }, "-W");

    [GitFact]
    public void Whole_functions_with_little_context_are_those_of_git() => Compare(new PatchOptions(ContextLines: 1) { WholeFunctions = true }, "-W", "-U1");

    [GitFact]
    public void Whole_functions_beside_ignored_blank_lines_are_those_of_git() =>
        Compare(new PatchOptions(Diff: LineDiffOptions.Default with { IgnoreBlankLines = true }) { WholeFunctions = true }, "-W", "--ignore-blank-lines");

    [Fact]
    public void A_diff_in_which_nothing_counts_counts_no_lines()
    {
        var diff = LineDiff.Compute("a\n\nb\n"u8.ToArray(), "a\nb\n\n\n"u8.ToArray(), LineDiffOptions.Default with { IgnoreBlankLines = true });
        Assert.Equal((0, 0), (diff.AddedLines, diff.RemovedLines));
    }

    private static PatchOptions Options(SpaceRule rule) => new(Diff: LineDiffOptions.Default with { Space = rule });

    private static void Compare(PatchOptions options, params string[] arguments)
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        var pairs = Enumerable.Range(0, 300).Select(_ => texts.NextPair()).Select(pair => (pair.Old, New: Disturb(pair.New, texts.Random))).ToArray();
        using var git = GitOracle.WithRepository();
        for (var i = 0; i < pairs.Length; i++)
        {
            git.Write(Name(i), pairs[i].Old);
        }

        git.Run([], "add", ".");
        for (var i = 0; i < pairs.Length; i++)
        {
            git.Write(Name(i), pairs[i].New);
            File.SetLastWriteTimeUtc(git.PathOf(Name(i)), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var expected = Enumerable.Repeat("", pairs.Length).ToArray();
        foreach (var patch in git.Run([], ["-c", "core.autocrlf=false", "diff", "--histogram", .. arguments]).Text.Split("diff --git ").Skip(1))
        {
            expected[int.Parse(patch.AsSpan("a/f".Length, 4), CultureInfo.InvariantCulture)] =
                Regex.Replace("diff --git " + patch, "^index .*\n", "", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        }

        for (var i = 0; i < pairs.Length; i++)
        {
            var ours = Encoding.UTF8.GetString(UnifiedPatch.Format(PatchHeader.Modified(Name(i)), pairs[i].Old, pairs[i].New, options));
            Assert.True(ours == expected[i], $"seed {seed}, pair {i}\n--- git\n{expected[i]}\n--- ours\n{ours}");
        }
    }

    private static string Name(int pair) => $"f{pair:D4}.txt";

    /// <summary>Changes white space here and there: within, before and behind words, line ends, blank lines.</summary>
    private static byte[] Disturb(byte[] text, Random random)
    {
        var lines = Encoding.UTF8.GetString(text).Split('\n').SelectMany(line => random.Next(6) switch
        {
            0 => [Spaces[random.Next(Spaces.Length)] + line.Replace(" ", Spaces[random.Next(Spaces.Length)], StringComparison.Ordinal)],
            1 => [line + Spaces[random.Next(Spaces.Length)]],
            2 when random.Next(3) == 0 => [line + "\r"],
            3 when random.Next(2) == 0 => [line, Spaces[random.Next(Spaces.Length)]],
            4 when line.Trim().Length == 0 => Array.Empty<string>(),
            _ => [line],
        });
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }
}
