using System.Text;
using W0rktree.LocalAgent.Snapshots;

namespace W0rktree.LocalAgent.Tests.Snapshots;

/// <summary>Tells a text that still holds a conflict from one that does not.</summary>
public sealed class ConflictMarkerTests
{
    [Theory]
    [InlineData("a\n<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\n", true)]
    [InlineData("<<<<<<<<<<<< ours\nx\n>>>>>>>>>>>> theirs\n", true)]
    [InlineData("<<<<<<< ours\nx\n", false)]
    [InlineData("<<<<<<<\nx\n>>>>>>>\n", false)]
    [InlineData(" <<<<<<< ours\n >>>>>>> theirs\n", false)]
    [InlineData("text <<<<<<< ours\n>>>>>>> theirs\n", false)]
    [InlineData("<<<<<<<", false)]
    [InlineData("", false)]
    public void Markers_are_a_line_of_seven_or_more_and_a_name(string text, bool expected) =>
        Assert.Equal(expected, ConflictAnswers.HasMarkers(Encoding.UTF8.GetBytes(text)));
}
