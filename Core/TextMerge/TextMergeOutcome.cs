namespace W0rktree.Core.TextMerge;

/// <summary>What a three-way merge of lines came to. A conflict is a result, not an error.</summary>
public abstract record TextMergeOutcome
{
    private TextMergeOutcome()
    {
    }

    /// <summary>Gets the merged content, with markers where the sides disagree.</summary>
    public ReadOnlyMemory<byte> Merged => this switch
    {
        Clean clean => clean.Content,
        Conflicted conflicted => conflicted.WithMarkers,
        _ => throw new InvalidOperationException($"Unknown outcome {GetType().Name}."),
    };

    /// <summary>Gets the content as the base of another merge, after criss-cross histories: each disagreement holds both sides.</summary>
    internal ReadOnlyMemory<byte> AsAncestor => this is Conflicted conflicted ? AncestorText.Of(conflicted.Merge) : Merged;

    /// <summary>Gets the three texts and their hunks, where lines were joined.</summary>
    internal ThreeWayText? Texts => this switch
    {
        Clean clean => clean.Merge,
        Conflicted conflicted => conflicted.Merge,
        _ => null,
    };

    /// <summary>Both sides' changes went together.</summary>
    /// <param name="Content">The merged content; the memory may be that of an input.</param>
    public sealed record Clean(ReadOnlyMemory<byte> Content) : TextMergeOutcome
    {
        internal ThreeWayText? Merge { get; init; }
    }

    /// <summary>Some lines need a person.</summary>
    /// <param name="Merge">The three texts and what stands between them, from which other answers can be made.</param>
    /// <param name="Regions">The places that disagree, in order; at least one.</param>
    /// <param name="WithMarkers">Everything that went together, and each region between markers with all three sides.</param>
    public sealed record Conflicted(ThreeWayText Merge, IReadOnlyList<ConflictRegion> Regions, ReadOnlyMemory<byte> WithMarkers) : TextMergeOutcome
    {
        /// <summary>Answers every region the same way and gives the content.</summary>
        public ReadOnlyMemory<byte> Resolve(ConflictAnswer answer) => MergeText.Resolved(Merge, answer);
    }
}

/// <summary>How a recorded conflict is answered.</summary>
public enum ConflictAnswer
{
    /// <summary>Takes our lines.</summary>
    Ours,

    /// <summary>Takes their lines.</summary>
    Theirs,

    /// <summary>Takes the lines both started from.</summary>
    Base,

    /// <summary>Takes our lines and then theirs.</summary>
    Union,
}
