using System.Buffers;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes unified patches in git's format, which <c>git apply</c> and <c>patch</c> accept.</summary>
public static class UnifiedPatch
{
    /// <summary>
    /// Writes the patch of one file; nothing where neither content, mode nor path differ. Binary content gets a notice
    /// in place of hunks, which no program can apply, or is written whole where the options say so. A change between file and symbolic link is a deletion and an addition.
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
        foreach (var hunk in DiffHunk.Of(diff, options.ContextLines, options.WholeFunctions))
        {
            WriteHunkHeader(output, hunk, functions);
            // Where white space does not count both sides of an unchanged line may differ; shown is what it became.
            var line = hunk.NewStart;
            foreach (var edit in hunk.Edits)
            {
                WriteLines(output, " "u8, diff.New, line, edit.NewStart);
                WriteLines(output, "-"u8, diff.Old, edit.OldStart, edit.OldEnd);
                WriteLines(output, "+"u8, diff.New, edit.NewStart, edit.NewEnd);
                line = edit.NewEnd;
            }

            WriteLines(output, " "u8, diff.New, line, hunk.NewStart + hunk.NewCount);
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

        // Where not everything counts, what is left may be nothing: then only a mode or a name that changed is told.
        var isBinary = BinaryDetection.IsBinary(old.Span) || BinaryDetection.IsBinary(@new.Span);
        var diff = !differs || isBinary ? null : LineDiff.Compute(old, @new, options.Diff);
        var isShown = differs && (isBinary || options.Diff is not { IsPartial: true } || DiffHunk.Of(diff!, options.ContextLines).Any());
        if (!isShown && header.OldMode == header.NewMode && header.Origin == PatchOrigin.Same)
        {
            return;
        }

        if (isBinary && differs && options.Binary)
        {
            header = header with { OldId = BinaryId(header.OldMode, old), NewId = BinaryId(header.NewMode, @new) };
        }

        PatchHeaderWriter.WriteExtended(output, header, differs);
        if (!isShown)
        {
            return;
        }

        if (isBinary)
        {
            if (options.Binary)
            {
                BinaryPatch.Write(output, old.Span, @new.Span);
            }
            else
            {
                PatchHeaderWriter.WriteBinaryNotice(output, header);
            }

            return;
        }

        PatchHeaderWriter.WriteSides(output, header);
        WriteHunks(output, diff!, options);
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

    private static string BinaryId(PatchMode? mode, ReadOnlyMemory<byte> content) => mode is null ? new string('0', 40) : BinaryPatch.GitId(content.Span);

    private static bool IsPlain(PatchMode mode) => mode is PatchMode.File or PatchMode.Executable;

    private static string? Zeros(string? id) => id is null ? null : new string('0', id.Length);
}
