using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Holds a 256-bit BLAKE3 hash as a value of exactly 32 bytes.</summary>
/// <remarks>The default value is 32 zero bytes. Equality is not constant-time.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct Hash : IEquatable<Hash>
{
    /// <summary>The size of a hash in bytes.</summary>
    public const int Size = 32;

    private ulong _word0;
    private ulong _word1;
    private ulong _word2;
    private ulong _word3;

    /// <summary>Overwrites this hash with 32 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="data"/> is not 32 bytes long.</exception>
    public void CopyFromBytes(ReadOnlySpan<byte> data)
    {
        if (data.Length != Size)
        {
            throw new ArgumentOutOfRangeException(nameof(data), $"A hash has {Size} bytes, not {data.Length}.");
        }

        data.CopyTo(AsSpan());
    }

    /// <summary>Creates a hash of its 32 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="data"/> is not 32 bytes long.</exception>
    public static Hash FromBytes(ReadOnlySpan<byte> data)
    {
        var hash = new Hash();
        hash.CopyFromBytes(data);
        return hash;
    }

    /// <inheritdoc />
    public readonly bool Equals(Hash other) =>
        ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2) | (_word3 ^ other._word3)) == 0;

    /// <inheritdoc />
    public override readonly bool Equals(object? obj) => obj is Hash other && Equals(other);

    // Any 32 bits of a hash are as good as a mix of all of them.
    /// <inheritdoc />
    public override readonly int GetHashCode() => unchecked((int)(_word0 ^ (_word3 >> 32)));

    /// <summary>Returns the 64 lower-case hexadecimal digits of the hash.</summary>
    public override readonly string ToString()
    {
        var copy = this;
        return Convert.ToHexStringLower(copy.AsSpan());
    }

    /// <summary>Returns the bytes of this very variable: the span writes through to it and lives no longer.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => MemoryMarshal.AsBytes(new Span<Hash>(ref Unsafe.AsRef(in this)));

    /// <summary>Tells whether two hashes have the same bytes.</summary>
    public static bool operator ==(Hash left, Hash right) => left.Equals(right);

    /// <summary>Tells whether two hashes differ in a byte.</summary>
    public static bool operator !=(Hash left, Hash right) => !left.Equals(right);
}
