namespace Blake3;

/// <summary>What the lane kernel needs of a vector type, so that one kernel serves all widths.</summary>
/// <typeparam name="TVector">A vector of 32-bit lanes.</typeparam>
internal interface ILaneVector<TVector>
    where TVector : unmanaged
{
    static abstract TVector Create(uint value);

    /// <summary>Returns the low words of start, start + step, start + 2 step ... in the lanes.</summary>
    static abstract TVector CounterLow(ulong start, uint step);

    /// <summary>Returns the high words of the same counters.</summary>
    static abstract TVector CounterHigh(ulong start, uint step);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector RotateRight16(TVector value);

    static abstract TVector RotateRight12(TVector value);

    static abstract TVector RotateRight8(TVector value);

    static abstract TVector RotateRight7(TVector value);

    /// <summary>
    /// Loads one 64-byte block for each lane, block i from source + i * stride, and writes word w of all blocks to
    /// words[w]. There is room for 16 vectors.
    /// </summary>
    static abstract unsafe void LoadTransposed(byte* source, nint stride, TVector* words);

    /// <summary>Writes eight vectors so that each lane's eight words follow each other.</summary>
    static abstract unsafe void StoreTransposed(TVector* words, uint* destination);
}
