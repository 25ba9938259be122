using System.Runtime.InteropServices;

namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns for names that need a glob, found by the first bytes of their literal beginning, so that a name meets only
/// those that can match it; and none where it ends as none of them does.
/// </summary>
internal sealed class GlobTable
{
    /// <summary>Longer beginnings are cut: this bounds the lookups for one text, and tells patterns apart well enough.</summary>
    private const int MaxKeyBytes = 12;

    private readonly List<GlobCandidate> _withoutLiteral = [];
    private readonly Dictionary<byte[], List<GlobCandidate>> _byLiteral = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], List<GlobCandidate>>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly EndFilter _ends = new();
    private ByteSet _firstBytes;
    private int[] _lengths = [];

    public GlobTable() => _lookup = _byLiteral.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Adds a pattern. The last of the file comes first, so that lists are in the order of precedence.</summary>
    public void Add(GlobCandidate pattern)
    {
        _ends.Add(pattern.Glob!.Tail);
        var key = pattern.Literal[..Math.Min(pattern.Literal.Length, MaxKeyBytes)];
        if (key.Length == 0)
        {
            _withoutLiteral.Add(pattern);
            return;
        }

        if (!_byLiteral.TryGetValue(key, out var list))
        {
            _byLiteral[key] = list = [];
        }

        list.Add(pattern);
        _firstBytes.Add(key[0]);
        if (!_lengths.AsSpan().Contains(key.Length))
        {
            _lengths = [.. _lengths, key.Length];
        }
    }

    /// <summary>Gives the number of the last pattern that matches, if it is larger than <paramref name="best"/>, else that.</summary>
    public int FindLast(ReadOnlySpan<byte> name, bool isDirectory, int best)
    {
        if (!_ends.MayEnd(name))
        {
            return best;
        }

        best = GlobCandidate.FindFirst(CollectionsMarshal.AsSpan(_withoutLiteral), name, isDirectory, best);
        if (name.IsEmpty || !_firstBytes.Contains(name[0]))
        {
            return best;
        }

        foreach (var length in _lengths)
        {
            if (length <= name.Length && _lookup.TryGetValue(name[..length], out var candidates))
            {
                best = GlobCandidate.FindFirst(CollectionsMarshal.AsSpan(candidates), name, isDirectory, best);
            }
        }

        return best;
    }
}
