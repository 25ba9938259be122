using System.Text;
using W0rktree.Core.TextDiff;
using W0rktree.Core.TextMerge;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.TextMerge;

public sealed class TextMergeTests
{
    private static readonly MergeLabels Labels = new("main", "base", "topic");

    [Theory]
    // Recorded from `git merge-file -p --diff3 -L main -L base -L topic`.
    [InlineData("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n")]
    [InlineData("a\nb\n", "A\nb\n", "a\nB\n", "<<<<<<< main\nA\nb\n||||||| base\na\nb\n=======\na\nB\n>>>>>>> topic\n")]
    [InlineData("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\nd\n", "a\nX\nc\nd\n")]
    [InlineData("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", "a\n<<<<<<< main\nX\n||||||| base\nb\n=======\nY\n>>>>>>> topic\nc\n")]
    [InlineData("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\n<<<<<<< main\n||||||| base\nb\n=======\nB\n>>>>>>> topic\nc\n")]
    [InlineData("", "x\n", "y\n", "<<<<<<< main\nx\n||||||| base\n=======\ny\n>>>>>>> topic\n")]
    [InlineData("a\nb", "a\nx", "a\ny", "a\n<<<<<<< main\nx\n||||||| base\nb\n=======\ny\n>>>>>>> topic\n")]
    [InlineData("a\r\nb\r\n", "a\r\nx\r\n", "a\r\ny\r\n", "a\r\n<<<<<<< main\r\nx\r\n||||||| base\r\nb\r\n=======\r\ny\r\n>>>>>>> topic\r\n")]
    public void Merges_come_out_as_recorded(string @base, string ours, string theirs, string expected) =>
        Assert.Equal(expected, Text(Merge(@base, ours, theirs)));

    [Fact]
    public void Markers_end_as_the_sides_do_where_the_base_shows_no_line_end() =>
        Assert.Equal(
            "<<<<<<< main\r\nx\r\n||||||| base\r\nb\r\n=======\r\ny\r\n>>>>>>> topic\r\n",
            Text(Merge("b", "x\r\n", "y\r\n")));

    [Fact]
    public void Both_sides_adding_the_same_file_is_clean() => Assert.IsType<TextMergeOutcome.Clean>(Merge("", "x\n", "x\n"));

    [Fact]
    public void Markers_grow_beyond_what_the_texts_contain()
    {
        var text = Text(Merge("========\nb\n", "========\nx\n", "========\ny\n"));
        Assert.Equal("========\n<<<<<<<<< main\nx\n||||||||| base\nb\n=========\ny\n>>>>>>>>> topic\n", text);
    }

    [Fact]
    public void Regions_say_where_the_three_sides_and_the_markers_are()
    {
        var outcome = Assert.IsType<TextMergeOutcome.Conflicted>(Merge("a\nb\nc\nd\ne\n", "0\na\nX\nc\nd\nE1\n", "a\nY\nc\nd\nE2\n"));
        Assert.Equal([new(new(1, 1), new(2, 1), new(1, 1), 2), new(new(4, 1), new(5, 1), new(4, 1), 11)], outcome.Regions);
        var lines = Text(outcome).Split('\n');
        Assert.All(outcome.Regions, region => Assert.StartsWith("<<<<<<<", lines[region.MergedLine], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ConflictAnswer.Ours, "a\nx\nc\n")]
    [InlineData(ConflictAnswer.Theirs, "a\ny\nc\n")]
    [InlineData(ConflictAnswer.Base, "a\nb\nc\n")]
    [InlineData(ConflictAnswer.Union, "a\nx\ny\nc\n")]
    public void A_conflict_can_be_answered(ConflictAnswer answer, string expected)
    {
        var outcome = Assert.IsType<TextMergeOutcome.Conflicted>(Merge("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"));
        Assert.Equal(expected, Encoding.UTF8.GetString(outcome.Resolve(answer).Span));
    }

    [Fact]
    public void Union_does_not_glue_lines_without_ends()
    {
        var outcome = Assert.IsType<TextMergeOutcome.Conflicted>(Merge("b", "x", "y"));
        Assert.Equal("x\ny", Encoding.UTF8.GetString(outcome.Resolve(ConflictAnswer.Union).Span));
    }

    [Fact]
    public void Exchanging_the_sides_exchanges_nothing_but_them()
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        for (var round = 0; round < 1000; round++)
        {
            var (@base, ours, theirs) = texts.NextTriple();
            var one = Core.TextMerge.TextMerge.Merge(@base, ours, theirs, Labels);
            var other = Core.TextMerge.TextMerge.Merge(@base, theirs, ours, new(Labels.Theirs, Labels.Base, Labels.Ours));
            Assert.True(one.GetType() == other.GetType(), $"seed {seed}, round {round}");
            if (one is TextMergeOutcome.Conflicted conflicted)
            {
                var mirrored = ((TextMergeOutcome.Conflicted)other).Regions.Select(region => (region.Base, region.Theirs, region.Ours));
                Assert.True(conflicted.Regions.Select(region => (region.Base, region.Ours, region.Theirs)).SequenceEqual(mirrored), $"seed {seed}, round {round}");
            }
            else
            {
                Assert.True(Text(one) == Text(other), $"seed {seed}, round {round}");
            }
        }
    }

    [Fact]
    public void No_line_that_a_side_added_is_lost_and_no_removal_undone()
    {
        var seed = Seed.OfThisRun;
        var texts = new MadeTexts(seed);
        for (var round = 0; round < 1000; round++)
        {
            var (@base, ours, theirs) = texts.NextTriple();
            var outcome = Core.TextMerge.TextMerge.Merge(@base, ours, theirs, Labels);
            var merged = Lines(outcome is TextMergeOutcome.Clean clean ? clean.Content : ((TextMergeOutcome.Conflicted)outcome).WithMarkers);
            foreach (var side in (byte[][])[ours, theirs])
            {
                var lost = Lines(side).Except(Lines(@base), StringComparer.Ordinal).Except(merged, StringComparer.Ordinal);
                Assert.True(!lost.Any(), $"seed {seed}, round {round}: lost '{string.Join('|', lost)}'");
            }

            // Answering with a side gives that side wherever it alone spoke, so a one-sided merge is that side.
            Assert.Equal(Text(new TextMergeOutcome.Clean(ours)), Text(Core.TextMerge.TextMerge.Merge(@base, ours, @base, Labels)));
        }
    }

    private static HashSet<string> Lines(ReadOnlyMemory<byte> content) =>
        Encoding.UTF8.GetString(content.Span).Split('\n').Select(line => line.TrimEnd('\r')).ToHashSet(StringComparer.Ordinal);

    private static TextMergeOutcome Merge(string @base, string ours, string theirs) =>
        Core.TextMerge.TextMerge.Merge(Encoding.UTF8.GetBytes(@base), Encoding.UTF8.GetBytes(ours), Encoding.UTF8.GetBytes(theirs), Labels);

    private static string Text(TextMergeOutcome outcome) => Encoding.UTF8.GetString(outcome switch
    {
        TextMergeOutcome.Clean clean => clean.Content.Span,
        TextMergeOutcome.Conflicted conflicted => conflicted.WithMarkers.Span,
        _ => throw new InvalidOperationException("An outcome is clean or conflicted."),
    });
}
