using System.Runtime.CompilerServices;

namespace Blake3;

/// <summary>Hashes as many inputs side by side as a vector has lanes.</summary>
internal static class LaneKernel<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : ILaneVector<TVector>
{
    /// <summary>Hashes one input of whole blocks for each lane, without gaps between them; parameters as in <see cref="Compression.Many"/>.</summary>
    [SkipLocalsInit]
    public static unsafe void Hash(
        byte* inputs, int blocksPerInput, uint* key, ulong counter, uint counterStep, uint flags, uint* chains)
    {
        var words = stackalloc TVector[Format.BlockWords];
        var chain = stackalloc TVector[Format.ChainWords];
        for (var i = 0; i < Format.ChainWords; i++)
        {
            chain[i] = TLanes.Create(key[i]);
        }

        var counterLow = TLanes.CounterLow(counter, counterStep);
        var counterHigh = TLanes.CounterHigh(counter, counterStep);
        var stride = (nint)blocksPerInput * Format.BlockBytes;
        for (var block = 0; block < blocksPerInput; block++)
        {
            var blockFlags = flags;
            if (counterStep != 0)
            {
                blockFlags |= (block == 0 ? Format.ChunkStart : 0) | (block == blocksPerInput - 1 ? Format.ChunkEnd : 0);
            }

            TLanes.LoadTransposed(inputs + (block * Format.BlockBytes), stride, words);
            Compress(chain, words, counterLow, counterHigh, blockFlags);
        }

        TLanes.StoreTransposed(chain, chains);
    }

    private static unsafe void Compress(TVector* chain, TVector* words, TVector counterLow, TVector counterHigh, uint flags)
    {
        var v0 = chain[0];
        var v1 = chain[1];
        var v2 = chain[2];
        var v3 = chain[3];
        var v4 = chain[4];
        var v5 = chain[5];
        var v6 = chain[6];
        var v7 = chain[7];
        var v8 = TLanes.Create(Format.Initial0);
        var v9 = TLanes.Create(Format.Initial1);
        var v10 = TLanes.Create(Format.Initial2);
        var v11 = TLanes.Create(Format.Initial3);
        var v12 = counterLow;
        var v13 = counterHigh;
        var v14 = TLanes.Create(Format.BlockBytes);
        var v15 = TLanes.Create(flags);

        // A loop over the schedule, not seven rounds written out: the JIT would keep the state on the stack.
        ref var schedule = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(Format.Schedule);
        for (nint round = 0; round < Format.Rounds * Format.BlockWords; round += Format.BlockWords)
        {
            ref var columns = ref Unsafe.Add(ref schedule, round);
            MixFour(
                ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
                ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, words, ref columns);
            MixFour(
                ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4,
                ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, words, ref Unsafe.Add(ref columns, 8));
        }

        chain[0] = TLanes.Xor(v0, v8);
        chain[1] = TLanes.Xor(v1, v9);
        chain[2] = TLanes.Xor(v2, v10);
        chain[3] = TLanes.Xor(v3, v11);
        chain[4] = TLanes.Xor(v4, v12);
        chain[5] = TLanes.Xor(v5, v13);
        chain[6] = TLanes.Xor(v6, v14);
        chain[7] = TLanes.Xor(v7, v15);
    }

    /// <summary>
    /// Mixes four columns or diagonals. They do not depend on each other, and the processor looks ahead less far than one
    /// of them is long, so their steps take turns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void MixFour(
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3, ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3,
        ref TVector c0, ref TVector c1, ref TVector c2, ref TVector c3, ref TVector d0, ref TVector d1, ref TVector d2, ref TVector d3,
        TVector* words, ref byte schedule)
    {
        a0 = TLanes.Add(TLanes.Add(a0, words[Unsafe.Add(ref schedule, 0)]), b0);
        a1 = TLanes.Add(TLanes.Add(a1, words[Unsafe.Add(ref schedule, 2)]), b1);
        a2 = TLanes.Add(TLanes.Add(a2, words[Unsafe.Add(ref schedule, 4)]), b2);
        a3 = TLanes.Add(TLanes.Add(a3, words[Unsafe.Add(ref schedule, 6)]), b3);
        d0 = TLanes.RotateRight16(TLanes.Xor(d0, a0));
        d1 = TLanes.RotateRight16(TLanes.Xor(d1, a1));
        d2 = TLanes.RotateRight16(TLanes.Xor(d2, a2));
        d3 = TLanes.RotateRight16(TLanes.Xor(d3, a3));
        c0 = TLanes.Add(c0, d0);
        c1 = TLanes.Add(c1, d1);
        c2 = TLanes.Add(c2, d2);
        c3 = TLanes.Add(c3, d3);
        b0 = TLanes.RotateRight12(TLanes.Xor(b0, c0));
        b1 = TLanes.RotateRight12(TLanes.Xor(b1, c1));
        b2 = TLanes.RotateRight12(TLanes.Xor(b2, c2));
        b3 = TLanes.RotateRight12(TLanes.Xor(b3, c3));
        a0 = TLanes.Add(TLanes.Add(a0, words[Unsafe.Add(ref schedule, 1)]), b0);
        a1 = TLanes.Add(TLanes.Add(a1, words[Unsafe.Add(ref schedule, 3)]), b1);
        a2 = TLanes.Add(TLanes.Add(a2, words[Unsafe.Add(ref schedule, 5)]), b2);
        a3 = TLanes.Add(TLanes.Add(a3, words[Unsafe.Add(ref schedule, 7)]), b3);
        d0 = TLanes.RotateRight8(TLanes.Xor(d0, a0));
        d1 = TLanes.RotateRight8(TLanes.Xor(d1, a1));
        d2 = TLanes.RotateRight8(TLanes.Xor(d2, a2));
        d3 = TLanes.RotateRight8(TLanes.Xor(d3, a3));
        c0 = TLanes.Add(c0, d0);
        c1 = TLanes.Add(c1, d1);
        c2 = TLanes.Add(c2, d2);
        c3 = TLanes.Add(c3, d3);
        b0 = TLanes.RotateRight7(TLanes.Xor(b0, c0));
        b1 = TLanes.RotateRight7(TLanes.Xor(b1, c1));
        b2 = TLanes.RotateRight7(TLanes.Xor(b2, c2));
        b3 = TLanes.RotateRight7(TLanes.Xor(b3, c3));
    }
}
