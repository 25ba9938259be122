using System.Runtime.InteropServices;

namespace W0rktree.Core.Ignore;

/// <summary>Compares byte strings by content, so that a dictionary can be asked with a span without allocating.</summary>
internal sealed class ByteKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static ByteKeyComparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <summary>Multiplies in eight bytes at a time: keys are short and come from files the user already trusts to be few.</summary>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        unchecked
        {
            const ulong Odd = 0x9E3779B97F4A7C15; // 2^64 / golden ratio, spreads low bits upward
            var hash = (ulong)alternate.Length * Odd;
            while (alternate.Length >= sizeof(ulong))
            {
                hash = ((hash ^ MemoryMarshal.Read<ulong>(alternate)) * Odd) ^ (hash >> 29);
                alternate = alternate[sizeof(ulong)..];
            }

            foreach (var value in alternate)
            {
                hash = (hash ^ value) * Odd;
            }

            return (int)(hash >> 32);
        }
    }
}
