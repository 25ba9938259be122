using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>How much one file changed, for <c>--stat</c>.</summary>
/// <param name="OldPath">The path before.</param>
/// <param name="NewPath">The path after; the same unless the file moved.</param>
/// <param name="Added">Lines added; bytes after, for a binary file.</param>
/// <param name="Removed">Lines removed; bytes before, for a binary file.</param>
/// <param name="IsBinary">True when lines mean nothing.</param>
public sealed record FileStat(string OldPath, string NewPath, long Added, long Removed, bool IsBinary = false)
{
    /// <summary>Measures a change.</summary>
    public static FileStat Measure(PatchHeader header, ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new, LineDiffOptions? options = null)
    {
        var (oldPath, newPath) = (PatchPath.Format(header.OldPath.Span), PatchPath.Format(header.NewPath.Span));
        if (BinaryDetection.IsBinary(old.Span) || BinaryDetection.IsBinary(@new.Span))
        {
            return new(oldPath, newPath, @new.Length, old.Length, IsBinary: true);
        }

        var diff = LineDiff.Compute(old, @new, options);
        return new(oldPath, newPath, diff.AddedLines, diff.RemovedLines);
    }

    /// <summary>The name shown: one path, or both with the parts they share written once, as <c>src/{a => b}/x.cs</c>.</summary>
    public string Name => OldPath == NewPath ? NewPath : MovedName();

    private string MovedName()
    {
        if (OldPath.StartsWith('"') || NewPath.StartsWith('"'))
        {
            return $"{OldPath} => {NewPath}";
        }

        var start = 0;
        for (var i = 0; i < OldPath.Length && i < NewPath.Length && OldPath[i] == NewPath[i]; i++)
        {
            start = OldPath[i] == '/' ? i + 1 : start;
        }

        // The slash that ends the shared beginning may also begin the shared end, as in 'a/{ => b}/c'.
        var shared = start > 0 ? start - 1 : 0;
        var end = 0;
        for (var i = 1; OldPath.Length - i >= shared && NewPath.Length - i >= shared && OldPath[^i] == NewPath[^i]; i++)
        {
            end = OldPath[^i] == '/' ? i : end;
        }

        if (start + end == 0)
        {
            return $"{OldPath} => {NewPath}";
        }

        return new StringBuilder(OldPath[..start]).Append('{')
            .Append(Middle(OldPath, start, end)).Append(" => ").Append(Middle(NewPath, start, end))
            .Append('}').Append(OldPath[(OldPath.Length - end)..]).ToString();
    }

    private static string Middle(string path, int start, int end) => path[start..Math.Max(start, path.Length - end)];
}
