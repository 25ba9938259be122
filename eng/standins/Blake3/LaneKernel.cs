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
            ref var s = ref Unsafe.Add(ref schedule, round);
            Mix(ref v0, ref v4, ref v8, ref v12, words[Unsafe.Add(ref s, 0)], words[Unsafe.Add(ref s, 1)]);
            Mix(ref v1, ref v5, ref v9, ref v13, words[Unsafe.Add(ref s, 2)], words[Unsafe.Add(ref s, 3)]);
            Mix(ref v2, ref v6, ref v10, ref v14, words[Unsafe.Add(ref s, 4)], words[Unsafe.Add(ref s, 5)]);
            Mix(ref v3, ref v7, ref v11, ref v15, words[Unsafe.Add(ref s, 6)], words[Unsafe.Add(ref s, 7)]);
            Mix(ref v0, ref v5, ref v10, ref v15, words[Unsafe.Add(ref s, 8)], words[Unsafe.Add(ref s, 9)]);
            Mix(ref v1, ref v6, ref v11, ref v12, words[Unsafe.Add(ref s, 10)], words[Unsafe.Add(ref s, 11)]);
            Mix(ref v2, ref v7, ref v8, ref v13, words[Unsafe.Add(ref s, 12)], words[Unsafe.Add(ref s, 13)]);
            Mix(ref v3, ref v4, ref v9, ref v14, words[Unsafe.Add(ref s, 14)], words[Unsafe.Add(ref s, 15)]);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref TVector a, ref TVector b, ref TVector c, ref TVector d, TVector x, TVector y)
    {
        a = TLanes.Add(TLanes.Add(a, b), x);
        d = TLanes.RotateRight16(TLanes.Xor(d, a));
        c = TLanes.Add(c, d);
        b = TLanes.RotateRight12(TLanes.Xor(b, c));
        a = TLanes.Add(TLanes.Add(a, b), y);
        d = TLanes.RotateRight8(TLanes.Xor(d, a));
        c = TLanes.Add(c, d);
        b = TLanes.RotateRight7(TLanes.Xor(b, c));
    }
}
