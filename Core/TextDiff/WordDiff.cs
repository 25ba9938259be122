using System.Buffers;

namespace W0rktree.Core.TextDiff;

/// <summary>What became of a piece of text.</summary>
public enum WordChange
{
    /// <summary>It is in both; the bytes are those of the new text.</summary>
    Same,

    /// <summary>It is in the old text alone.</summary>
    Removed,

    /// <summary>It is in the new text alone.</summary>
    Added,
}

/// <summary>A piece of a word diff.</summary>
public readonly record struct WordPiece(WordChange Change, ReadOnlyMemory<byte> Text);

/// <summary>
/// Compares texts word by word. Words are runs of bytes other than white space; white space between words is not compared and is
/// shown as the new text has it, as in <c>git diff --word-diff</c>.
/// </summary>
public static class WordDiff
{
    /// <summary>Compares two texts, usually the removed and the added lines of one edit.</summary>
    public static IReadOnlyList<WordPiece> Compute(ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new)
    {
        if (@new.IsEmpty)
        {
            // Whole lines went: all of them is shown, white space included.
            return old.IsEmpty ? [] : [new(WordChange.Removed, old)];
        }

        var (oldWords, newWords) = (Words(old.Span), Words(@new.Span));
        // One word a line lets the line diff do the work.
        var diff = LineDiff.Compute(OnePerLine(old.Span, oldWords), OnePerLine(@new.Span, newWords), LineDiffOptions.ForMerge with { Algorithm = DiffAlgorithm.Myers });
        var pieces = new List<WordPiece>();
        var at = 0;
        foreach (var edit in diff.Edits)
        {
            var removed = Cover(oldWords, edit.OldStart, edit.OldCount);
            var added = Cover(newWords, edit.NewStart, edit.NewCount);
            Add(pieces, WordChange.Same, @new[at..added.Start]);
            Add(pieces, WordChange.Removed, old[removed]);
            Add(pieces, WordChange.Added, @new[added]);
            at = added.End.Value;
        }

        Add(pieces, WordChange.Same, @new[at..]);
        return pieces;
    }

    /// <summary>Writes pieces as <c>[-removed-]{+added+}</c>, marking each line by itself.</summary>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<WordPiece> pieces)
    {
        foreach (var piece in pieces)
        {
            switch (piece.Change)
            {
                case WordChange.Removed:
                    WriteMarked(output, "[-"u8, piece.Text.Span, "-]"u8);
                    break;
                case WordChange.Added:
                    WriteMarked(output, "{+"u8, piece.Text.Span, "+}"u8);
                    break;
                default:
                    output.Write(piece.Text.Span);
                    break;
            }
        }
    }

    private static void WriteMarked(IBufferWriter<byte> output, ReadOnlySpan<byte> open, ReadOnlySpan<byte> text, ReadOnlySpan<byte> close)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (!line.IsEmpty)
            {
                output.Write(open);
                output.Write(line);
                output.Write(close);
            }

            if (end >= 0)
            {
                output.Write("\n"u8);
            }

            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    private static void Add(List<WordPiece> pieces, WordChange change, ReadOnlyMemory<byte> text)
    {
        if (!text.IsEmpty)
        {
            pieces.Add(new(change, text));
        }
    }

    private static List<Range> Words(ReadOnlySpan<byte> text)
    {
        var words = new List<Range>();
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && !IsSpace(text[at]))
            {
                at++;
            }

            if (at > start)
            {
                words.Add(start..at);
            }
        }

        return words;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 0x09 and <= 0x0d);

    private static byte[] OnePerLine(ReadOnlySpan<byte> text, List<Range> words)
    {
        var lines = new ArrayBufferWriter<byte>(text.Length + words.Count + 1);
        foreach (var word in words)
        {
            lines.Write(text[word]);
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    /// <summary>The text from the first of some words to the last; for none, the place behind the word before.</summary>
    private static Range Cover(List<Range> words, int start, int count) =>
        count > 0 ? words[start].Start..words[start + count - 1].End
        : start > 0 ? words[start - 1].End..words[start - 1].End
        : 0..0;
}
