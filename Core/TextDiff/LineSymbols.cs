using System.Buffers;
using System.Numerics;

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
        using var table = new Table(old, @new);
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
    private sealed class Table : IDisposable
    {
        private readonly TextLines _old;
        private readonly TextLines _new;
        private readonly int _size;
        private readonly int[] _slots;
        private readonly int[] _hashes;
        private readonly int[] _firstLines;

        public Table(TextLines old, TextLines @new)
        {
            _old = old;
            _new = @new;
            var lines = old.Count + @new.Count;
            // Rented: a merge of large files makes several of these, and fresh memory of that size costs more than what is done in it.
            _size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, lines * 2L));
            _slots = ArrayPool<int>.Shared.Rent(_size);
            _slots.AsSpan(0, _size).Clear();
            _hashes = ArrayPool<int>.Shared.Rent(lines);
            _firstLines = ArrayPool<int>.Shared.Rent(lines);
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
            var mask = _size - 1;
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

        public void Dispose()
        {
            ArrayPool<int>.Shared.Return(_slots);
            ArrayPool<int>.Shared.Return(_hashes);
            ArrayPool<int>.Shared.Return(_firstLines);
        }

        private ReadOnlySpan<byte> First(int symbol) => _firstLines[symbol] is >= 0 and var line ? _old[line] : _new[~_firstLines[symbol]];
    }
}
