namespace W0rktree.Core.Ignore;

/// <summary>
/// Says of most texts at once that none of many literals is their end, by their last two bytes: 1,024 bits, whatever the
/// number of literals. May say yes wrongly, never no.
/// </summary>
internal sealed class EndFilter
{
    private const int Words = 16;

    private readonly ulong[] _bits = new ulong[Words];
    private bool _takesAll;

    /// <summary>Adds a literal. An empty one is the end of every text.</summary>
    public void Add(ReadOnlySpan<byte> literal)
    {
        switch (literal)
        {
            case []:
                _takesAll = true;
                break;
            case [var last]:
                for (var before = 0; before <= byte.MaxValue; before++)
                {
                    Set(Bit((byte)before, last));
                }

                break;
            case [.., var before, var last]:
                Set(Bit(before, last));
                break;
        }
    }

    /// <summary>False when no literal can be the end of the text.</summary>
    public bool MayEnd(ReadOnlySpan<byte> text)
    {
        if (_takesAll || text.IsEmpty)
        {
            return _takesAll;
        }

        // A text of one byte ends in a literal of one byte at most, which is there with every byte before it.
        var bit = Bit(text.Length > 1 ? text[^2] : (byte)0, text[^1]);
        return ((_bits[bit >> 6] >> (bit & 63)) & 1) != 0;
    }

    private static int Bit(byte before, byte last)
    {
        unchecked
        {
            const ushort Odd = 40503; // 2^16 / golden ratio, spreads low bits upward
            return (ushort)(((before << 8) | last) * Odd) >> 6;
        }
    }

    private void Set(int bit) => _bits[bit >> 6] |= 1UL << (bit & 63);
}
