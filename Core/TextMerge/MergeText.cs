using System.Buffers;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>Writes the merged text: what only one side changed is taken, and each conflict is shown or answered.</summary>
internal static class MergeText
{
    /// <summary>Writes a text without conflicts.</summary>
    public static ReadOnlyMemory<byte> Clean(ThreeWayText texts) => Write(texts, static (_, _) => throw new InvalidOperationException("A conflict was left."));

    /// <summary>Writes each conflict between markers and collects where they stand.</summary>
    public static ReadOnlyMemory<byte> Marked(ThreeWayText texts, MergeLabels labels, List<ConflictRegion> regions)
    {
        var markers = new ConflictMarkers(texts, labels);
        var (counted, line) = (0, 0);
        return Write(texts, (output, hunk) =>
        {
            line += output.WrittenSpan[counted..].Count((byte)'\n');
            counted = output.WrittenCount;
            regions.Add(new(hunk.Base, hunk.Ours, hunk.Theirs, line));
            var lineEnd = LineEnds.Of(texts, hunk);
            markers.WriteOurs(output, lineEnd);
            WriteLines(output, texts.Ours, hunk.Ours, lineEnd);
            markers.WriteBase(output, lineEnd);
            WriteLines(output, texts.Base, hunk.Base, lineEnd);
            markers.WriteMiddle(output, lineEnd);
            WriteLines(output, texts.Theirs, hunk.Theirs, lineEnd);
            markers.WriteTheirs(output, lineEnd);
        });
    }

    /// <summary>Writes each conflict between markers, without the base.</summary>
    public static ReadOnlyMemory<byte> MarkedTwoSided(ThreeWayText texts, MergeLabels labels)
    {
        var markers = new ConflictMarkers(texts, labels);
        return Write(texts, (output, hunk) =>
        {
            var lineEnd = LineEnds.Of(texts, hunk);
            markers.WriteOurs(output, lineEnd);
            WriteLines(output, texts.Ours, hunk.Ours, lineEnd);
            markers.WriteMiddle(output, lineEnd);
            WriteLines(output, texts.Theirs, hunk.Theirs, lineEnd);
            markers.WriteTheirs(output, lineEnd);
        });
    }

    /// <summary>Writes one answer to every conflict.</summary>
    public static ReadOnlyMemory<byte> Resolved(ThreeWayText texts, ConflictAnswer answer) => Write(texts, (output, hunk) =>
    {
        switch (answer)
        {
            case ConflictAnswer.Ours:
                output.Write(Slice(texts.Ours, hunk.Ours));
                break;
            case ConflictAnswer.Theirs:
                output.Write(Slice(texts.Theirs, hunk.Theirs));
                break;
            case ConflictAnswer.Base:
                output.Write(Slice(texts.Base, hunk.Base));
                break;
            case ConflictAnswer.Union when hunk.Theirs.Count > 0:
                WriteLines(output, texts.Ours, hunk.Ours, LineEnds.Of(texts, hunk));
                output.Write(Slice(texts.Theirs, hunk.Theirs));
                break;
            case ConflictAnswer.Union:
                output.Write(Slice(texts.Ours, hunk.Ours));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(answer), answer, "Unknown answer.");
        }
    });

    private static ReadOnlyMemory<byte> Write(ThreeWayText texts, Action<ArrayBufferWriter<byte>, MergeHunk> writeConflict)
    {
        // Without conflicts the result has at most what theirs adds to ours; growing would copy all of it.
        var output = new ArrayBufferWriter<byte>(Math.Max(16, texts.Ours.Content.Length + texts.Hunks.Sum(hunk => hunk.Kind == HunkKind.Theirs ? Slice(texts.Theirs, hunk.Theirs).Length : 0)));
        var line = 0;
        foreach (var hunk in texts.Hunks)
        {
            // Between hunks the sides agree or made the same edit, so either text will do.
            output.Write(texts.Ours.Slice(line, hunk.Ours.Start - line));
            switch (hunk.Kind)
            {
                case HunkKind.Ours:
                    output.Write(Slice(texts.Ours, hunk.Ours));
                    break;
                case HunkKind.Theirs:
                    output.Write(Slice(texts.Theirs, hunk.Theirs));
                    break;
                default:
                    writeConflict(output, hunk);
                    break;
            }

            line = hunk.Ours.End;
        }

        output.Write(texts.Ours.Slice(line, texts.Ours.Count - line));
        return output.WrittenMemory;
    }

    private static ReadOnlySpan<byte> Slice(TextLines text, LineSpan span) => text.Slice(span.Start, span.Count);

    /// <summary>Writes lines and ends the last one if it has no end, since more follows.</summary>
    private static void WriteLines(IBufferWriter<byte> output, TextLines text, LineSpan span, ReadOnlySpan<byte> lineEnd)
    {
        var lines = Slice(text, span);
        output.Write(lines);
        if (!lines.IsEmpty && lines[^1] != '\n')
        {
            output.Write(lineEnd);
        }
    }
}
