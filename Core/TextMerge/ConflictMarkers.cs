using System.Buffers;
using System.Text;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>Writes the four marker lines. They are longer than any run of marker characters that begins a line of the texts.</summary>
internal sealed class ConflictMarkers
{
    /// <summary>The usual length, which every tool knows.</summary>
    public const int UsualLength = 7;

    private readonly MergeLabels _labels;
    private readonly int _length;

    public ConflictMarkers(ThreeWayText texts, MergeLabels labels)
    {
        _labels = labels;
        var longest = Math.Max(LongestRun(texts.Base), Math.Max(LongestRun(texts.Ours), LongestRun(texts.Theirs)));
        _length = longest >= UsualLength ? Math.Max(longest + 1, labels.MarkerLength) : labels.MarkerLength;
    }

    public void WriteOurs(IBufferWriter<byte> output, ReadOnlySpan<byte> lineEnd) => Write(output, '<', _labels.Ours, lineEnd);

    public void WriteBase(IBufferWriter<byte> output, ReadOnlySpan<byte> lineEnd) => Write(output, '|', _labels.Base, lineEnd);

    public void WriteMiddle(IBufferWriter<byte> output, ReadOnlySpan<byte> lineEnd) => Write(output, '=', "", lineEnd);

    public void WriteTheirs(IBufferWriter<byte> output, ReadOnlySpan<byte> lineEnd) => Write(output, '>', _labels.Theirs, lineEnd);

    private void Write(IBufferWriter<byte> output, char marker, string label, ReadOnlySpan<byte> lineEnd)
    {
        var text = new string(marker, _length) + (label.Length == 0 ? "" : " " + label.ReplaceLineEndings(" "));
        output.Write(Encoding.UTF8.GetBytes(text));
        output.Write(lineEnd);
    }

    private static int LongestRun(TextLines text)
    {
        var longest = 0;
        for (var line = 0; line < text.Count; line++)
        {
            var bytes = text[line];
            if (bytes[0] is (byte)'<' or (byte)'|' or (byte)'=' or (byte)'>')
            {
                var run = bytes.IndexOfAnyExcept(bytes[0]);
                longest = Math.Max(longest, run < 0 ? bytes.Length : run);
            }
        }

        return longest;
    }
}
