namespace W0rktree.Core.Ignore;

/// <summary>A set of byte values, one bit each.</summary>
internal struct ByteSet
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public readonly bool Contains(byte value)
    {
        var word = (value >> 6) switch { 0 => _a, 1 => _b, 2 => _c, _ => _d };
        return ((word >> (value & 63)) & 1) != 0;
    }

    public void Add(byte value)
    {
        var bit = 1UL << (value & 63);
        switch (value >> 6)
        {
            case 0: _a |= bit; break;
            case 1: _b |= bit; break;
            case 2: _c |= bit; break;
            default: _d |= bit; break;
        }
    }

    public void AddRange(byte first, byte last)
    {
        for (int value = first; value <= last; value++)
        {
            Add((byte)value);
        }
    }

    public readonly ByteSet Complement() => new() { _a = ~_a, _b = ~_b, _c = ~_c, _d = ~_d };

    public readonly ByteSet Without(ByteSet other) => new() { _a = _a & ~other._a, _b = _b & ~other._b, _c = _c & ~other._c, _d = _d & ~other._d };
}
