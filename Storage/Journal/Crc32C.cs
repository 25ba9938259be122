using System.Buffers.Binary;
using System.Numerics;

namespace W0rktree.Storage.Journal;

/// <summary>
/// CRC-32C (Castagnoli) of journal records and pack entries. It is here against torn writes and flipped bits, for which
/// 32 bits and one instruction per 8 bytes are right; what must withstand more is covered by BLAKE3: objects by their ids,
/// metadata by the chain of commits.
/// </summary>
internal static class Crc32C
{
    public const uint Seed = 0xFFFFFFFF;

    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Append(Seed, bytes));

    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    public static uint Finish(uint state) => ~state;
}
