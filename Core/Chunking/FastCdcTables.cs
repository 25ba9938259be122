using System.Buffers.Binary;
using System.Security.Cryptography;

namespace W0rktree.Core.Chunking;

/// <summary>The published constants of FastCDC 2020.</summary>
internal static class FastCdcTables
{
    /// <summary>A mask for each number of bits; the bits are spread so that 48 to 64 bytes decide about a cut.</summary>
    public static readonly ulong[] Masks =
    [
        0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
        0x0000000000000000, 0x0000000001804110, 0x0000000001803110, 0x0000000018035100,
        0x0000001800035300, 0x0000019000353000, 0x0000590003530000, 0x0000D90003530000,
        0x0000D90103530000, 0x0000D90303530000, 0x0000D90313530000, 0x0000D90F03530000,
        0x0000D90303537000, 0x0000D90703537000, 0x0000D90707537000, 0x0000D91707537000,
        0x0000D91747537000, 0x0000D91767537000, 0x0000D93767537000, 0x0000D93777537000,
        0x0000D93777577000, 0x0000DB3777577000,
    ];

    private static readonly ulong[] Plain = BuildGear();
    private static readonly ulong[] PlainShifted = Shifted(Plain);

    /// <summary>Gives the gear table for a seed, and the same shifted left by one.</summary>
    public static (ulong[] Gear, ulong[] Shifted) Gear(ulong seed)
    {
        if (seed == 0)
        {
            return (Plain, PlainShifted);
        }

        var gear = Array.ConvertAll(Plain, value => value ^ seed);
        return (gear, Shifted(gear));
    }

    private static ulong[] Shifted(ulong[] gear) => Array.ConvertAll(gear, static value => value << 1);

    // Entry i is the head of the MD5 of 64 bytes of value i. MD5 is only a source of constants here: it secures nothing.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The published constants are made with it; it secures nothing.")]
    private static ulong[] BuildGear()
    {
        var gear = new ulong[256];
        Span<byte> input = stackalloc byte[64];
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        for (var i = 0; i < gear.Length; i++)
        {
            input.Fill((byte)i);
            MD5.HashData(input, hash);
            gear[i] = BinaryPrimitives.ReadUInt64BigEndian(hash);
        }

        return gear;
    }
}
