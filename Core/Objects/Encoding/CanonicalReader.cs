using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>Reads the primitives of the object format and refuses whatever is not the one canonical encoding.</summary>
internal ref struct CanonicalReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    /// <summary>Gives what a later state of this reader has read since.</summary>
    public readonly ReadOnlySpan<byte> UpTo(in CanonicalReader later) => _rest[..^later._rest.Length];

    public byte ReadByte()
    {
        Require(1);
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        Require(count);
        var value = _rest[..count];
        _rest = _rest[count..];
        return value;
    }

    public ContentHash ReadHash() => ContentHash.FromBytes(ReadBytes(ContentHash.SizeBytes));

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            if (shift == 63 && next > 1)
            {
                throw new NonCanonicalException("a number has more than 64 bits");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return next == 0 && shift > 0 ? throw new NonCanonicalException("a number is not in its shortest form") : value;
            }
        }

        throw new NonCanonicalException("a number has more than 64 bits");
    }

    /// <summary>Reads a count or a length and holds it to a limit before anything is allocated for it.</summary>
    public int ReadCount(int limit, string what)
    {
        var value = ReadVarint();
        return value <= (ulong)limit ? (int)value : throw new NonCanonicalException($"{what} is {value}, over the limit of {limit}");
    }

    public long ReadSigned()
    {
        var value = ReadVarint();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    public ReadOnlySpan<byte> ReadBlock(int limit, string what) => ReadBytes(ReadCount(limit, what));

    public readonly void RequireEnd()
    {
        if (!AtEnd)
        {
            throw new NonCanonicalException($"{_rest.Length} bytes follow the end");
        }
    }

    private readonly void Require(int count)
    {
        if (_rest.Length < count)
        {
            throw new NonCanonicalException("it ends too early");
        }
    }
}

/// <summary>Says why bytes are not a canonical encoding; decoders turn it into a <see cref="CorruptObjectException"/> with the id.</summary>
internal sealed class NonCanonicalException(string reason) : Exception(reason);
