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
        return new(table.Intern(old, isNew: false), table.Intern(@new, isNew: true), table.Count);
    }

    /// <summary>
    /// An open-addressed hash table. The hash is seeded per process (HashCode), so that nobody can send a file whose
    /// lines all collide; the numbers do not depend on it.
    /// </summary>
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

        public int[] Intern(TextLines lines, bool isNew)
        {
            var symbols = new int[lines.Count];
            for (var line = 0; line < symbols.Length; line++)
            {
                symbols[line] = Intern(lines[line], isNew ? ~line : line);
            }

            return symbols;
        }

        /// <param name="bytes">The line.</param>
        /// <param name="origin">Its number in the old text, or the complement of its number in the new one.</param>
        private int Intern(ReadOnlySpan<byte> bytes, int origin)
        {
            var hashing = default(HashCode);
            hashing.AddBytes(bytes);
            var hash = hashing.ToHashCode();
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
