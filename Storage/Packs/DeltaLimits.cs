namespace W0rktree.Storage.Packs;

/// <summary>What bounds the cost of a read.</summary>
internal static class DeltaLimits
{
    /// <summary>A reader follows no longer chain: a damaged pack must not cost more than a sound one can.</summary>
    public const int FormatDepth = 64;

    /// <summary>
    /// The longest chain that is written. Expanding runs at more than 1 GB/s, so 50 versions of a source file of 20 KB are read
    /// in a millisecond; git's <c>gc --aggressive</c> stops at the same number.
    /// </summary>
    public const int Depth = 50;

    /// <summary>The most bytes that are expanded for the bases of one object: some 30 ms, whatever the size of the file.</summary>
    public const long ChainBytes = 32L * 1024 * 1024;
}
