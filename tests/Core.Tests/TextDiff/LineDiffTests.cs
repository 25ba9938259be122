using System.Buffers;
using System.Text;
using W0rktree.Core.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextDiff;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData(DiffAlgorithm.Histogram)]
    [InlineData(DiffAlgorithm.Myers)]
    public void Applying_the_edits_gives_the_new_text(DiffAlgorithm algorithm)
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        for (var round = 0; round < 500; round++)
        {
            var (old, @new) = texts.NextPair();
            var diff = LineDiff.Compute(old, @new, new(algorithm, IndentHeuristic: round % 2 == 0));
            Assert.True(Apply(diff).AsSpan().SequenceEqual(@new), $"seed {seed}, round {round}");
            Assert.True(AreSeparate(diff.Edits), $"seed {seed}, round {round}: edits touch");
        }
    }

    [Theory]
    [InlineData(DiffAlgorithm.Histogram)]
    [InlineData(DiffAlgorithm.Myers)]
    public void A_used_up_budget_still_gives_a_correct_diff(DiffAlgorithm algorithm)
    {
        var seed = Seed.OfThisRun;
        var random = new Random(seed);
        foreach (var steps in (long[])[0, 100, 10_000, 1_000_000])
        {
            // Few distinct lines, nothing rare: the worst case for both algorithms.
            var (old, @new) = (Noise(random, 4000), Noise(random, 4000));
            var budget = new DiffBudget(steps);
            var diff = LineDiff.Compute(TextLines.Split(old), TextLines.Split(@new), new(algorithm), budget);
            Assert.True(Apply(diff).AsSpan().SequenceEqual(@new), $"seed {seed}, steps {steps}");
        }
    }

    [Fact]
    public void Work_on_hostile_texts_stays_near_the_budget()
    {
        var random = new Random(7);
        var budget = new DiffBudget(20_000_000);
        LineDiff.Compute(TextLines.Split(Noise(random, 120_000)), TextLines.Split(Noise(random, 120_000)), LineDiffOptions.Default, budget);
        // What is spent after the budget is the hurried rest: less than the budget again.
        Assert.InRange(budget.Overdrawn, 0, 20_000_000);
    }

    [Fact]
    public void Equal_texts_have_no_edits() => Assert.True(LineDiff.Compute("a\nb"u8.ToArray(), "a\nb"u8.ToArray()).IsEmpty);

    [Theory]
    [InlineData("", "a\n", 0, 0, 0, 1)]
    [InlineData("a\n", "", 0, 1, 0, 0)]
    [InlineData("a", "a\n", 0, 1, 0, 1)]
    [InlineData("a\r\nb\r\n", "a\r\nb\n", 1, 1, 1, 1)]
    [InlineData("a\nb\nc\n", "a\nc\n", 1, 1, 1, 0)]
    public void Small_edits_are_where_they_belong(string old, string @new, int oldStart, int oldCount, int newStart, int newCount) =>
        Assert.Equal([new LineEdit(oldStart, oldCount, newStart, newCount)], LineDiff.Compute(Bytes(old), Bytes(@new)).Edits);

    [Fact]
    public void An_added_block_is_shown_as_a_whole_block()
    {
        const string Old = "class A\n{\n    void F()\n    {\n        x();\n    }\n}\n";
        const string New = "class A\n{\n    void F()\n    {\n        x();\n    }\n\n    void G()\n    {\n        x();\n    }\n}\n";
        Assert.Equal([new LineEdit(6, 0, 6, 5)], LineDiff.Compute(Bytes(Old), Bytes(New)).Edits);
    }

    [Theory]
    [InlineData("", 0, false)]
    [InlineData("\n", 1, false)]
    [InlineData("a", 1, true)]
    [InlineData("a\n\nb", 3, true)]
    [InlineData("a\r\nb\r", 2, true)]
    public void Lines_keep_their_ends(string text, int count, bool lacksNewline)
    {
        var lines = TextLines.Split(Bytes(text));
        Assert.Equal((count, lacksNewline), (lines.Count, lines.LacksFinalNewline));
        Assert.Equal(text, Encoding.UTF8.GetString(lines.Slice(0, lines.Count)));
    }

    [Fact]
    public void A_nul_within_the_first_8000_bytes_makes_content_binary()
    {
        var content = Enumerable.Repeat((byte)'a', 9000).ToArray();
        Assert.False(BinaryDetection.IsBinary(content));
        content[8000] = 0;
        Assert.False(BinaryDetection.IsBinary(content));
        content[7999] = 0;
        Assert.True(BinaryDetection.IsBinary(content));
    }

    [Fact]
    public void Words_are_compared_within_lines()
    {
        var output = new ArrayBufferWriter<byte>();
        WordDiff.Write(output, WordDiff.Compute("the quick  brown fox\n"u8.ToArray(), "the slow brown fox jumps\n"u8.ToArray()));
        Assert.Equal("the [-quick-]{+slow+} brown fox {+jumps+}\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_narrow_graph_leaves_its_columns_to_the_names()
    {
        // Recorded from `git diff --stat`.
        var table = StatTable.Format(
        [
            new(new string('n', 38) + "/bbbbbbbbbbbbbbbbb/k.txt", new string('n', 38) + "/bbbbbbbbbbbbbbbbb/k.txt", 3, 1),
            new(new string('x', 30) + "/" + new string('m', 37) + ".txt", new string('x', 30) + "/" + new string('m', 37) + ".txt", 1, 4),
        ]);
        Assert.Equal(
            $" {new string('n', 38)}/bbbbbbbbbbbbbbbbb/k.txt       | 4 +++-\n .../{new string('m', 37)}.txt                        | 5 +----\n 2 files changed, 4 insertions(+), 5 deletions(-)\n",
            table);
    }

    private static byte[] Apply(LineDiff diff)
    {
        var output = new ArrayBufferWriter<byte>();
        var line = 0;
        foreach (var edit in diff.Edits)
        {
            output.Write(diff.Old.Slice(line, edit.OldStart - line));
            output.Write(diff.New.Slice(edit.NewStart, edit.NewCount));
            line = edit.OldEnd;
        }

        output.Write(diff.Old.Slice(line, diff.Old.Count - line));
        return output.WrittenSpan.ToArray();
    }

    private static bool AreSeparate(IReadOnlyList<LineEdit> edits) =>
        edits.Zip(edits.Skip(1)).All(pair => pair.First.OldEnd < pair.Second.OldStart && pair.First.NewEnd < pair.Second.NewStart);

    private static byte[] Noise(Random random, int lines) =>
        Bytes(string.Concat(Enumerable.Range(0, lines).Select(_ => $"{random.Next(40)}\n")));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
