namespace W0rktree.LocalAgent.Git.Import;

/// <summary>How much of what was read last an import keeps, against which what comes next is stored. What is let go is read again when it is needed.</summary>
/// <param name="TreeBytes">Of trees, as git has them: with lines, entries and encoding each takes about five times that. Kept are up to twice as many.</param>
/// <param name="BlobBytes">Of files. Kept are up to twice as many.</param>
internal sealed record ImportMemory(long TreeBytes, long BlobBytes)
{
    /// <summary>Gets what is usual.</summary>
    public static ImportMemory Usual { get; } = new(4 << 20, 16 << 20);
}
