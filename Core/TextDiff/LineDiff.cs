namespace W0rktree.Core.TextDiff;

/// <summary>The edits that turn the lines of one content into those of another. Immutable.</summary>
/// <remarks>
/// Time is bounded: beyond a budget of steps the rest is aligned coarsely. Whatever happens, applying the edits to the old
/// content gives the new one, byte for byte.
/// </remarks>
public sealed class LineDiff
{
    private readonly LineEdit[] _edits;
    private readonly LineDiffOptions _options;

    private LineDiff(TextLines old, TextLines @new, LineEdit[] edits, LineDiffOptions options)
    {
        Old = old;
        New = @new;
        _edits = edits;
        _options = options;
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
    public int AddedLines => Shown().Sum(edit => edit.NewCount);

    /// <summary>How many lines of the old content are not in the new.</summary>
    public int RemovedLines => Shown().Sum(edit => edit.OldCount);

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
            return new(old, @new, [], options);
        }

        var lines = new ChangedLines(LineSymbols.Of(SpaceRules.Normalise(old, options.Space), SpaceRules.Normalise(@new, options.Space)));
        if (options.Algorithm == DiffAlgorithm.Histogram)
        {
            HistogramDiff.Run(lines, budget);
        }
        else
        {
            MyersDiff.Run(lines, new(0, old.Count, 0, @new.Count), budget);
        }

        SliderCompaction.Run(lines, old, @new, options.IndentHeuristic);
        return new(old, @new, [.. lines.ToEdits()], options);
    }

    /// <summary>Tells whether an edit touches nothing but blank lines, and those do not count.</summary>
    internal bool IsIgnorable(int edit)
    {
        if (!_options.IgnoreBlankLines)
        {
            return false;
        }

        var at = _edits[edit];
        return AreBlank(Old, at.OldStart, at.OldEnd) && AreBlank(New, at.NewStart, at.NewEnd);
    }

    private IEnumerable<LineEdit> Shown() => _options.IgnoreBlankLines ? DiffHunk.Of(this, 0).SelectMany(hunk => hunk.Edits) : _edits;

    // Without a rule about space only an empty line is blank.
    private bool AreBlank(TextLines text, int start, int end)
    {
        for (var line = start; line < end; line++)
        {
            if (_options.Space == SpaceRule.Exact ? text[line].Length > 1 : !SpaceRules.IsBlank(text[line]))
            {
                return false;
            }
        }

        return true;
    }
}
