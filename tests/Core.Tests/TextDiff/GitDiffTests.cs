using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using W0rktree.Core.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextDiff;

/// <summary>Holds patches against <c>git diff</c>, byte for byte, over made-up texts.</summary>
public sealed class GitDiffTests
{
    [GitFact]
    public void Histogram_patches_are_those_of_git() => Compare(LineDiffOptions.Default, "--histogram");

    [GitFact]
    public void Myers_patches_are_those_of_git() => Compare(new(DiffAlgorithm.Myers), "--diff-algorithm=myers");

    [GitFact]
    public void Patches_without_the_indent_heuristic_are_those_of_git() =>
        Compare(LineDiffOptions.ForMerge, "--histogram", "--no-indent-heuristic");

    [GitFact]
    public void Word_diffs_are_those_of_git()
    {
        var seed = Seed.OfThisRun;
        var made = new MadePairs(seed, 150);
        var expected = made.AskGit("--histogram", "--word-diff=plain");
        for (var i = 0; i < made.Pairs.Count; i++)
        {
            var (old, @new) = made.Pairs[i];
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            WordPatch.WriteHunks(output, LineDiff.Compute(old, @new));
            var ours = Encoding.UTF8.GetString(output.WrittenSpan);
            Assert.True(ours == Hunks(expected[i]), $"seed {seed}, pair {i}\n--- git\n{expected[i]}\n--- ours\n{ours}");
        }
    }

    [GitFact]
    public void The_stat_table_is_that_of_git()
    {
        var seed = Seed.OfThisRun;
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            using var git = GitOracle.WithRepository();
            var files = new SortedDictionary<string, (byte[] Old, byte[] New)>(StringComparer.Ordinal);
            for (var count = random.Next(1, 9); count > 0; count--)
            {
                var name = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => new string((char)('a' + random.Next(26)), random.Next(1, 40)))) + ".txt";
                var binary = random.Next(5) == 0 ? "\0" : "";
                files[name] = (Lines(random, random.Next(3) == 0 ? 400 : 8, "a" + binary), Lines(random, random.Next(3) == 0 ? 400 : 8, "b" + binary));
            }

            foreach (var (name, content) in files)
            {
                git.Write(name, content.Old);
            }

            git.Run([], "add", ".");
            foreach (var (name, content) in files)
            {
                git.Write(name, content.New);
            }

            var expected = git.Run([], "diff", "--histogram", "--stat").Text;
            var stats = files.Where(file => !file.Value.Old.AsSpan().SequenceEqual(file.Value.New))
                .Select(file => FileStat.Measure(PatchHeader.Modified(file.Key), file.Value.Old, file.Value.New)).ToArray();
            Assert.True(expected == (stats.Length == 0 ? "" : StatTable.Format(stats)), $"seed {seed}, round {round}\n--- git\n{expected}--- ours\n{StatTable.Format(stats)}");
        }
    }

    [GitFact]
    public void Moved_names_are_shown_as_git_shows_them()
    {
        (string Old, string New)[] moves =
        [
            ("a/b/c.txt", "a/x/c.txt"), ("a/b/c.txt", "a/c.txt"), ("a/c.txt", "a/b/c.txt"), ("c.txt", "d.txt"), ("a/b/b/c.txt", "a/b/c.txt"),
            ("x/c.txt", "y/c.txt"), ("a/b.txt", "a/c.txt"), ("c.txt", "a/c.txt"),
        ];
        foreach (var (old, @new) in moves)
        {
            using var git = GitOracle.WithRepository();
            git.Write(old, "one\ntwo\nthree\n"u8);
            git.Run([], "add", ".");
            git.Run([], "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "m");
            Directory.CreateDirectory(Path.GetDirectoryName(git.PathOf(@new))!);
            git.Run([], "mv", old, @new);
            Assert.Equal(git.Run([], "diff", "--cached", "-M", "--stat").Text, StatTable.Format([new(old, @new, 0, 0)]));
        }
    }

    private static void Compare(LineDiffOptions options, params string[] arguments)
    {
        var seed = Seed.OfThisRun;
        var made = new MadePairs(seed, 400);
        var expected = made.AskGit(arguments);
        for (var i = 0; i < made.Pairs.Count; i++)
        {
            var (old, @new) = made.Pairs[i];
            var ours = Encoding.UTF8.GetString(UnifiedPatch.Format(PatchHeader.Modified(MadePairs.Name(i)), old, @new, new(Diff: options)));
            var theirs = Regex.Replace(expected[i], "^index .*\n", "", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
            Assert.True(ours == theirs, $"seed {seed}, pair {i}\n--- git\n{theirs}\n--- ours\n{ours}");
        }
    }

    private static string Hunks(string patch) => patch.IndexOf("\n@@ ", StringComparison.Ordinal) is >= 0 and var at ? patch[(at + 1)..] : "";

    private static byte[] Lines(Random random, int most, string word) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => $"{(random.Next(2) == 0 ? word : "c")}{random.Next(9).ToString(CultureInfo.InvariantCulture)}\n")));

    /// <summary>Pairs of texts, and what git says about all of them in one run.</summary>
    private sealed class MadePairs
    {
        public MadePairs(int seed, int count)
        {
            var texts = new MadeTexts(seed);
            Pairs = [.. Enumerable.Range(0, count).Select(_ => texts.NextPair())];
        }

        public List<(byte[] Old, byte[] New)> Pairs { get; }

        public static string Name(int pair) => $"f{pair:D4}.txt";

        public string[] AskGit(params string[] arguments)
        {
            using var git = GitOracle.WithRepository();
            for (var i = 0; i < Pairs.Count; i++)
            {
                git.Write(Name(i), Pairs[i].Old);
            }

            git.Run([], "add", ".");
            for (var i = 0; i < Pairs.Count; i++)
            {
                git.Write(Name(i), Pairs[i].New);
                // The index takes a file of the same size and second for unchanged.
                File.SetLastWriteTimeUtc(git.PathOf(Name(i)), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }

            var patches = Enumerable.Repeat("", Pairs.Count).ToArray();
            foreach (var patch in git.Run([], ["-c", "core.autocrlf=false", "diff", .. arguments]).Text.Split("diff --git ").Skip(1))
            {
                patches[int.Parse(patch.AsSpan("a/f".Length, 4), CultureInfo.InvariantCulture)] = "diff --git " + patch;
            }

            return patches;
        }
    }
}
