namespace W0rktree.LocalAgent.Pipeline;

/// <summary>A stage that works in rounds and tells of each, so that the health loop sees when it stands still.</summary>
internal interface IPulsedStage : IStage
{
    /// <summary>Gets how long a round may take at most while nobody else has the turn.</summary>
    TimeSpan Patience { get; }

    /// <summary>Gets the timestamp of the clock at the beginning of the last round; 0 before the first.</summary>
    long LastRound { get; }
}
