namespace W0rktree.Core.Chunking;

/// <summary>Says from which size on content is cut into chunks, and how. Immutable and thread-safe.</summary>
/// <remarks>Content is named by its hash however it is cut, so stores and settings may differ in this and still agree.</remarks>
public sealed class CuttingRules
{
    /// <summary>The least that can be the threshold: below it, a list and its chunks cost more than they save.</summary>
    public const int MinThresholdBytes = 1024 * 1024;

    /// <summary>The shortest chunk on average.</summary>
    public const int MinTargetBytes = 64 * 1024;

    /// <summary>The longest chunk on average: four times as much is the longest that the format allows.</summary>
    public const int MaxTargetBytes = ChunkList.MaxChunkBytes / 4;

    private CuttingRules(int thresholdBytes, FastCdc cutter) => (ThresholdBytes, Cutter) = (thresholdBytes, cutter);

    /// <summary>Above 10 MiB, into 1 MiB on average.</summary>
    public static CuttingRules Standard { get; } = new(ChunkList.ThresholdBytes, FastCdc.Standard);

    /// <summary>Content above this many bytes is cut; 1 to 10 MiB.</summary>
    public int ThresholdBytes { get; }

    /// <summary>Whether these are the rules where nothing else is said.</summary>
    public bool IsStandard => ThresholdBytes == Standard.ThresholdBytes && Cutter == Standard.Cutter;

    /// <summary>Finds the cuts.</summary>
    public FastCdc Cutter { get; }

    /// <summary>Gives rules with a threshold and a length of chunks on average: a chunk has from a quarter to four times of that.</summary>
    public static CuttingRules Of(int thresholdBytes, int targetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(thresholdBytes, MinThresholdBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(thresholdBytes, ChunkList.ThresholdBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetBytes, MinTargetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(targetBytes, MaxTargetBytes);
        return new(thresholdBytes, targetBytes == MaxTargetBytes ? FastCdc.Standard : new FastCdc(targetBytes / 4, targetBytes, targetBytes * 4));
    }
}
