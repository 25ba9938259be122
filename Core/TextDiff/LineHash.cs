using System.Buffers.Binary;

namespace W0rktree.Core.TextDiff;

/// <summary>
/// Hashes lines by folded multiplication, as in Y. Wang's wyhash: some nanoseconds for a line of source. The secrets differ from process to
/// process, so that nobody can send a file whose lines all collide; nothing that is stored or shown depends on them.
/// </summary>
internal static class LineHash
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    private static readonly ulong s_first = Secret(1);
    private static readonly ulong s_second = Secret(2);

    public static int Of(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = s_first ^ (ulong)bytes.Length;
            while (bytes.Length > 16)
            {
                hash = Mix(Read(bytes) ^ s_second, Read(bytes[8..]) ^ hash);
                bytes = bytes[16..];
            }

            var (a, b) = bytes.Length switch
            {
                >= 8 => (Read(bytes), Read(bytes[^8..])),
                >= 4 => ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..])),
                > 0 => (((ulong)bytes[0] << 16) | ((ulong)bytes[bytes.Length >> 1] << 8) | bytes[^1], 0UL),
                _ => (0UL, 0UL),
            };
            return (int)Mix(Mix(a ^ s_second, b ^ hash), Odd);
        }
    }

    private static ulong Mix(ulong a, ulong b) => Math.BigMul(a, b, out var low) ^ low;

    private static ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    // HashCode has a seed of its own in each process.
    private static ulong Secret(int number)
    {
        unchecked
        {
            return (((ulong)(uint)HashCode.Combine(number, "first") << 32) | (uint)HashCode.Combine(number, "second")) * Odd | 1;
        }
    }
}
