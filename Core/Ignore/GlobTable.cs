namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns that need a glob, found by the first bytes of their literal beginning, so that a text meets only those
/// that can match it.
/// </summary>
internal sealed class GlobTable
{
    /// <summary>Longer beginnings are cut: this bounds the lookups for one text, and tells patterns apart well enough.</summary>
    private const int MaxKeyBytes = 12;

    private readonly List<Candidate> _withoutLiteral = [];
    private readonly Dictionary<byte[], List<Candidate>> _byLiteral = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], List<Candidate>>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private ByteSet _firstBytes;
    private int[] _lengths = [];

    public GlobTable() => _lookup = _byLiteral.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Adds a pattern. The last of the file comes first, so that lists are in the order of precedence.</summary>
    public void Add(int number, IgnorePattern pattern)
    {
        var key = pattern.Literal[..Math.Min(pattern.Literal.Length, MaxKeyBytes)];
        if (key.Length == 0)
        {
            _withoutLiteral.Add(new(number, pattern));
            return;
        }

        if (!_byLiteral.TryGetValue(key, out var list))
        {
            _byLiteral[key] = list = [];
        }

        list.Add(new(number, pattern));
        _firstBytes.Add(key[0]);
        if (!_lengths.AsSpan().Contains(key.Length))
        {
            _lengths = [.. _lengths, key.Length];
        }
    }

    /// <summary>Gives the number of the last pattern that matches, if it is larger than <paramref name="best"/>, else that.</summary>
    public int FindLast(ReadOnlySpan<byte> text, bool isDirectory, int best)
    {
        best = FindIn(_withoutLiteral, text, isDirectory, best);
        if (text.IsEmpty || !_firstBytes.Contains(text[0]))
        {
            return best;
        }

        foreach (var length in _lengths)
        {
            if (length <= text.Length && _lookup.TryGetValue(text[..length], out var candidates))
            {
                best = FindIn(candidates, text, isDirectory, best);
            }
        }

        return best;
    }

    private static int FindIn(List<Candidate> candidates, ReadOnlySpan<byte> text, bool isDirectory, int best)
    {
        foreach (var (number, pattern) in candidates)
        {
            if (number <= best)
            {
                break;
            }

            if ((isDirectory || !pattern.DirectoryOnly) && text.StartsWith(pattern.Literal) && pattern.Glob!.IsMatch(text[pattern.Literal.Length..]))
            {
                return number;
            }
        }

        return best;
    }

    private readonly record struct Candidate(int Number, IgnorePattern Pattern);
}
