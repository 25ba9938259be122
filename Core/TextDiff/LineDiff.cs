namespace W0rktree.Core.TextDiff;

/// <summary>The edits that turn the lines of one content into those of another. Immutable.</summary>
/// <remarks>
/// Time is bounded: beyond a budget of steps the rest is aligned coarsely. Whatever happens, applying the edits to the old
/// content gives the new one, byte for byte.
/// </remarks>
public sealed class LineDiff
{
    private readonly LineEdit[] _edits;

    private LineDiff(TextLines old, TextLines @new, LineEdit[] edits)
    {
        Old = old;
        New = @new;
        _edits = edits;
    }

    /// <summary>The lines of the old content.</summary>
    public TextLines Old { get; }

    /// <summary>The lines of the new content.</summary>
    public TextLines New { get; }

    /// <summary>The edits in order; between two of them is at least one unchanged line.</summary>
    public IReadOnlyList<LineEdit> Edits => _edits;

    /// <summary>True when both contents are equal.</summary>
    public bool IsEmpty => _edits.Length == 0;

    /// <summary>How many lines of the new content are not in the old.</summary>
    public int AddedLines => _edits.Sum(edit => edit.NewCount);

    /// <summary>How many lines of the old content are not in the new.</summary>
    public int RemovedLines => _edits.Sum(edit => edit.OldCount);

    /// <summary>Compares two contents line by line. The memory is referred to, not copied.</summary>
    public static LineDiff Compute(ReadOnlyMemory<byte> old, ReadOnlyMemory<byte> @new, LineDiffOptions? options = null) =>
        Compute(TextLines.Split(old), TextLines.Split(@new), options);

    /// <inheritdoc cref="Compute(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, LineDiffOptions?)"/>
    public static LineDiff Compute(TextLines old, TextLines @new, LineDiffOptions? options = null) =>
        Compute(old, @new, options ?? LineDiffOptions.Default, new DiffBudget());

    internal static LineDiff Compute(TextLines old, TextLines @new, LineDiffOptions options, DiffBudget budget)
    {
        if (old.Content.Span.SequenceEqual(@new.Content.Span))
        {
            return new(old, @new, []);
        }

        var lines = new ChangedLines(LineSymbols.Of(old, @new));
        if (options.Algorithm == DiffAlgorithm.Histogram)
        {
            HistogramDiff.Run(lines, budget);
        }
        else
        {
            MyersDiff.Run(lines, new(0, old.Count, 0, @new.Count), budget);
        }

        SliderCompaction.Run(lines, old, @new, options.IndentHeuristic);
        return new(old, @new, [.. lines.ToEdits()]);
    }
}
