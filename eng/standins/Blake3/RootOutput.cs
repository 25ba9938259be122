using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Extended output: the root block compressed again for each 64 bytes, numbered by the counter.</summary>
internal static class RootOutput
{
    [SkipLocalsInit]
    public static void Write(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, uint blockLength, uint flags, ulong offset, Span<byte> output)
    {
        Span<uint> words = stackalloc uint[Format.BlockWords];
        var counter = offset / Format.BlockBytes;
        var skip = (int)(offset % Format.BlockBytes);
        while (!output.IsEmpty)
        {
            Compression.Single(chain, block, counter, blockLength, flags | Format.Root, words);
            var available = MemoryMarshal.AsBytes(words)[skip..];
            var take = Math.Min(available.Length, output.Length);
            available[..take].CopyTo(output);
            output = output[take..];
            counter++;
            skip = 0;
        }
    }
}
