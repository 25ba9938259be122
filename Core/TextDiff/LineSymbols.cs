namespace W0rktree.Core.TextDiff;

/// <summary>The lines of two texts as numbers: equal numbers mean equal bytes. Numbers are dense and in order of appearance.</summary>
internal sealed class LineSymbols
{
    private LineSymbols(int[] old, int[] @new, int count)
    {
        Old = old;
        New = @new;
        Count = count;
    }

    public int[] Old { get; }

    public int[] New { get; }

    /// <summary>One more than the largest number.</summary>
    public int Count { get; }

    public static LineSymbols Of(TextLines old, TextLines @new)
    {
        var table = new Table(old, @new);
        var oldSymbols = new int[old.Count];
        table.Intern(old, 0, oldSymbols, isNew: false);

        // Most of two versions is equal: what both begin and end with has its numbers already.
        var newSymbols = new int[@new.Count];
        var head = old.EqualLinesAtStart(@new);
        var tail = old.EqualLinesAtEnd(@new, head);
        oldSymbols.AsSpan(0, head).CopyTo(newSymbols);
        oldSymbols.AsSpan(old.Count - tail).CopyTo(newSymbols.AsSpan(@new.Count - tail));
        table.Intern(@new, head, newSymbols.AsSpan(0, @new.Count - tail), isNew: true);
        return new(oldSymbols, newSymbols, table.Count);
    }

    /// <summary>An open-addressed hash table. The numbers do not depend on the hash.</summary>
    private sealed class Table
    {
        private readonly TextLines _old;
        private readonly TextLines _new;
        private readonly int[] _slots;
        private readonly int[] _hashes;
        private readonly int[] _firstLines;

        public Table(TextLines old, TextLines @new)
        {
            _old = old;
            _new = @new;
            var lines = old.Count + @new.Count;
            _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, lines * 2L))];
            _hashes = new int[lines];
            _firstLines = new int[lines];
        }

        public int Count { get; private set; }

        public void Intern(TextLines lines, int first, Span<int> symbols, bool isNew)
        {
            for (var line = first; line < symbols.Length; line++)
            {
                symbols[line] = Intern(lines[line], isNew ? ~line : line);
            }
        }

        /// <param name="bytes">The line.</param>
        /// <param name="origin">Its number in the old text, or the complement of its number in the new one.</param>
        private int Intern(ReadOnlySpan<byte> bytes, int origin)
        {
            var hash = LineHash.Of(bytes);
            var mask = _slots.Length - 1;
            for (var slot = hash & mask; ; slot = (slot + 1) & mask)
            {
                var symbol = _slots[slot] - 1;
                if (symbol < 0)
                {
                    _slots[slot] = Count + 1;
                    _hashes[Count] = hash;
                    _firstLines[Count] = origin;
                    return Count++;
                }

                if (_hashes[symbol] == hash && First(symbol).SequenceEqual(bytes))
                {
                    return symbol;
                }
            }
        }

        private ReadOnlySpan<byte> First(int symbol) => _firstLines[symbol] is >= 0 and var line ? _old[line] : _new[~_firstLines[symbol]];
    }
}
