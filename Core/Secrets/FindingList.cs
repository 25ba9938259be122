namespace W0rktree.Core.Secrets;

/// <summary>Gathers the findings of one scan and counts their lines. Used by one thread.</summary>
internal sealed class FindingList(SecretText text, int firstLine)
{
    private readonly List<(int At, SecretFinding Finding)> _found = [];

    /// <summary>Gets whether more would say nothing new.</summary>
    public bool IsFull => _found.Count >= SecretScanner.MaxFindings;

    /// <summary>Notes what a rule matched.</summary>
    public void Add(string rule, Range match)
    {
        var (offset, length) = match.GetOffsetAndLength(text.Length);
        var line = firstLine + text.Characters[..offset].Count('\n');
        _found.Add((offset, SecretFinding.Of(rule, line, text.Characters.Slice(offset, length))));
    }

    /// <summary>Tells whether something was found in a line already, so that a general rule does not repeat what a particular one said.</summary>
    public bool HasLine(int offset)
    {
        var line = firstLine + text.Characters[..offset].Count('\n');
        return _found.Exists(found => found.Finding.Line == line);
    }

    /// <summary>Gives the findings in the order of the file.</summary>
    public IReadOnlyList<SecretFinding> Sorted() =>
        _found.Count == 0 ? [] : [.. _found.OrderBy(found => found.At).Select(found => found.Finding).Distinct()];
}
