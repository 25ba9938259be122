using System.Buffers;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes hunks in which the changed words are marked within their lines, as <c>git diff --word-diff</c> does.</summary>
public static class WordPatch
{
    /// <summary>Writes the hunks alone; for reading, not for applying.</summary>
    public static void WriteHunks(IBufferWriter<byte> output, LineDiff diff, PatchOptions? options = null)
    {
        options ??= PatchOptions.Default;
        var functions = options.FunctionNames ? new FunctionLines(diff.Old) : null;
        foreach (var hunk in DiffHunk.Of(diff, options.ContextLines, options.WholeFunctions))
        {
            UnifiedPatch.WriteHunkHeader(output, hunk, functions);
            var line = hunk.NewStart;
            foreach (var edit in hunk.Edits)
            {
                WriteEnded(output, diff.New.Slice(line, edit.NewStart - line));
                var words = new ArrayBufferWriter<byte>();
                WordDiff.Write(words, WordDiff.Compute(
                    diff.Old.Slice(edit.OldStart, edit.OldCount).ToArray(),
                    diff.New.Slice(edit.NewStart, edit.NewCount).ToArray()));
                WriteEnded(output, words.WrittenSpan);
                line = edit.NewEnd;
            }

            WriteEnded(output, diff.New.Slice(line, hunk.NewStart + hunk.NewCount - line));
        }
    }

    private static void WriteEnded(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write(text);
        if (!text.IsEmpty && text[^1] != '\n')
        {
            output.Write("\n"u8);
        }
    }
}
