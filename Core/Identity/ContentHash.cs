using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Core.Identity;

/// <summary>
/// Identifies bytes by their BLAKE3 hash. A file's hash equals what <c>b3sum</c> prints; hashes of directories, pages,
/// entries and snapshots use BLAKE3's derive-key mode (<see cref="HashDomain"/>), so that no file can pose as one of them.
/// </summary>
/// <remarks>32 bytes, compared as unsigned big-endian numbers. The default value is all zero and names nothing.</remarks>
public readonly struct ContentHash : IEquatable<ContentHash>, IComparable<ContentHash>
{
    /// <summary>The size of a hash in bytes.</summary>
    public const int SizeBytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private ContentHash(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Gets whether this is the default value, which names nothing.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>Gets the last eight bytes as a number; page boundaries are cut by it (docs/format/directory.md).</summary>
    public ulong Tail => _d;

    /// <summary>Gets the first eight bytes as a number, a good bucket key.</summary>
    public ulong Head => _a;

    /// <summary>Hashes file content.</summary>
    public static ContentHash OfContent(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SizeBytes];
        Blake3.Hasher.Hash(content, hash);
        return new ContentHash(hash);
    }

    /// <summary>Takes 32 bytes as they are.</summary>
    /// <exception cref="ArgumentException">The span does not hold exactly 32 bytes.</exception>
    public static ContentHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == SizeBytes ? new ContentHash(bytes) : throw new ArgumentException("A hash has 32 bytes.", nameof(bytes));

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (!LowerHex.TryDecode(text, bytes))
        {
            return false;
        }

        hash = new ContentHash(bytes);
        return true;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static ContentHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"'{text}' is not 64 lower-case hexadecimal digits.");

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>Gives the 32 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Formats the first 12 digits, for people.</summary>
    public string ToShortString() => ToString()[..12];

    /// <summary>Formats 64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(ContentHash other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ContentHash other && Equals(other);

    /// <summary>Uses bits of the hash itself, which are already uniform.</summary>
    public override int GetHashCode() => unchecked((int)_a);

    /// <summary>Compares as the bytes would.</summary>
    public int CompareTo(ContentHash other)
    {
        var order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    /// <summary>Tells equality.</summary>
    public static bool operator ==(ContentHash left, ContentHash right) => left.Equals(right);

    /// <summary>Tells inequality.</summary>
    public static bool operator !=(ContentHash left, ContentHash right) => !left.Equals(right);
}
