using System.Buffers;
using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes what stands before the hunks of one file, in git's extended format.</summary>
internal static class PatchHeaderWriter
{
    /// <summary>Writes <c>diff --git</c> and the extended lines.</summary>
    public static void WriteExtended(IBufferWriter<byte> output, PatchHeader header, bool contentDiffers)
    {
        Line(output, $"diff --git {OldName(header)} {NewName(header)}");
        if (header.OldMode is null)
        {
            Line(output, $"new file mode {Octal(header.NewMode)}");
        }
        else if (header.NewMode is null)
        {
            Line(output, $"deleted file mode {Octal(header.OldMode)}");
        }
        else if (header.OldMode != header.NewMode)
        {
            Line(output, $"old mode {Octal(header.OldMode)}");
            Line(output, $"new mode {Octal(header.NewMode)}");
        }

        if (header.Origin != PatchOrigin.Same)
        {
            var verb = header.Origin == PatchOrigin.Renamed ? "rename" : "copy";
            Line(output, $"similarity index {header.Similarity}%");
            Line(output, $"{verb} from {PatchPath.Format(header.OldPath.Span)}");
            Line(output, $"{verb} to {PatchPath.Format(header.NewPath.Span)}");
        }

        if (header is { OldId: not null, NewId: not null } && (contentDiffers || header.OldMode is null || header.NewMode is null))
        {
            Line(output, $"index {header.OldId}..{header.NewId}" + (header.OldMode == header.NewMode ? " " + Octal(header.OldMode) : ""));
        }
    }

    /// <summary>Writes the two lines that name the sides. A name with a space gets a tab behind it, so that patch reads it whole.</summary>
    public static void WriteSides(IBufferWriter<byte> output, PatchHeader header)
    {
        Line(output, "--- " + WithTab(header.OldMode is null ? "/dev/null" : OldName(header)));
        Line(output, "+++ " + WithTab(header.NewMode is null ? "/dev/null" : NewName(header)));
    }

    public static void WriteBinaryNotice(IBufferWriter<byte> output, PatchHeader header) =>
        Line(output, $"Binary files {(header.OldMode is null ? "/dev/null" : OldName(header))} and {(header.NewMode is null ? "/dev/null" : NewName(header))} differ");

    public static void Line(IBufferWriter<byte> output, string text)
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        output.Write("\n"u8);
    }

    private static string OldName(PatchHeader header) => PatchPath.Format(header.OldPath.Span, "a/");

    private static string NewName(PatchHeader header) => PatchPath.Format(header.NewPath.Span, "b/");

    private static string WithTab(string name) => name.Contains(' ') ? name + "\t" : name;

    private static string Octal(PatchMode? mode) => Convert.ToString((int)mode!.Value, 8);
}
