using System.Buffers;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes unified patches in git's format, which <c>git apply</c> and <c>patch</c> accept.</summary>
public static class UnifiedPatch
{
    /// <summary>
    /// Writes the patch of one file; nothing where neither content, mode nor path differ. Binary content gets a notice
    /// in place of hunks, which no program can apply. A change between file and symbolic link is a deletion and an addition.
    /// </summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="header">Paths, modes and ids.</param>
    /// <param name="old">The content before; empty for an added file.</param>
    /// <param name="new">The content after; empty for a deleted file.</param>
    /// <param name="options">Context and alignment; null takes <see cref="PatchOptions.Default"/>.</param>
    public static void Write(IBufferWriter<byte> output, PatchHeader header, ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new, PatchOptions? options = null)
    {
        options ??= PatchOptions.Default;
        if (header is { OldMode: { } oldMode, NewMode: { } newMode } && IsPlain(oldMode) != IsPlain(newMode))
        {
            WriteOne(output, header with { NewMode = null, NewPath = header.OldPath, Origin = PatchOrigin.Same, NewId = Zeros(header.NewId) }, old, default, options);
            WriteOne(output, header with { OldMode = null, OldPath = header.NewPath, Origin = PatchOrigin.Same, OldId = Zeros(header.OldId) }, default, @new, options);
            return;
        }

        WriteOne(output, header, old, @new, options);
    }

    /// <summary>Gives the patch of one file as bytes.</summary>
    public static byte[] Format(PatchHeader header, ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new, PatchOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, header, old, @new, options);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the hunks alone, without any header.</summary>
    public static void WriteHunks(IBufferWriter<byte> output, LineDiff diff, PatchOptions? options = null)
    {
        options ??= PatchOptions.Default;
        var functions = options.FunctionNames ? new FunctionLines(diff.Old) : null;
        foreach (var hunk in DiffHunk.Of(diff, options.ContextLines))
        {
            WriteHunkHeader(output, hunk, functions);
            var line = hunk.OldStart;
            foreach (var edit in hunk.Edits)
            {
                WriteLines(output, " "u8, diff.Old, line, edit.OldStart);
                WriteLines(output, "-"u8, diff.Old, edit.OldStart, edit.OldEnd);
                WriteLines(output, "+"u8, diff.New, edit.NewStart, edit.NewEnd);
                line = edit.OldEnd;
            }

            WriteLines(output, " "u8, diff.Old, line, hunk.OldStart + hunk.OldCount);
        }
    }

    internal static void WriteHunkHeader(IBufferWriter<byte> output, DiffHunk hunk, FunctionLines? functions)
    {
        output.Write(System.Text.Encoding.ASCII.GetBytes($"@@ {hunk.FormatRanges()} @@"));
        var function = functions is null ? default : functions.Before(hunk.OldStart);
        if (!function.IsEmpty)
        {
            output.Write(" "u8);
            output.Write(function);
        }

        output.Write("\n"u8);
    }

    private static void WriteOne(IBufferWriter<byte> output, PatchHeader header, ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new, PatchOptions options)
    {
        var differs = !old.Span.SequenceEqual(@new.Span);
        if (!differs && header.OldMode == header.NewMode && header.Origin == PatchOrigin.Same)
        {
            return;
        }

        PatchHeaderWriter.WriteExtended(output, header, differs);
        if (!differs)
        {
            return;
        }

        if (BinaryDetection.IsBinary(old.Span) || BinaryDetection.IsBinary(@new.Span))
        {
            PatchHeaderWriter.WriteBinaryNotice(output, header);
            return;
        }

        PatchHeaderWriter.WriteSides(output, header);
        WriteHunks(output, LineDiff.Compute(old, @new, options.Diff), options);
    }

    private static void WriteLines(IBufferWriter<byte> output, ReadOnlySpan<byte> sign, TextLines text, int start, int end)
    {
        for (var line = start; line < end; line++)
        {
            var bytes = text[line];
            output.Write(sign);
            output.Write(bytes);
            if (bytes[^1] != '\n')
            {
                output.Write("\n\\ No newline at end of file\n"u8);
            }
        }
    }

    private static bool IsPlain(PatchMode mode) => mode is PatchMode.File or PatchMode.Executable;

    private static string? Zeros(string? id) => id is null ? null : new string('0', id.Length);
}
