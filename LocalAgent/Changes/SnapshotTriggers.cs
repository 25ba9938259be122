namespace W0rktree.LocalAgent.Changes;

/// <summary>Sums up what changed since the last snapshot.</summary>
/// <param name="Files">How many files differ, or may differ, from the line's tip.</param>
/// <param name="Bytes">Their size together; of deleted ones what they had.</param>
/// <param name="LastChange">When the last change was seen.</param>
public readonly record struct PendingSummary(int Files, long Bytes, DateTimeOffset LastChange)
{
    /// <summary>Nothing changed.</summary>
    public static PendingSummary None => default;
}

/// <summary>Tells why an automatic snapshot is due.</summary>
public enum SnapshotTrigger
{
    /// <summary>Nothing changed any more for a while.</summary>
    Inactivity,

    /// <summary>Many files changed.</summary>
    Files,

    /// <summary>Much content changed.</summary>
    Bytes,
}

/// <summary>The limits of the triggers, from <c>[worker.snapshot]</c>.</summary>
public sealed record TriggerLimits(TimeSpan Inactivity, int MaxFiles, long MaxBytes);

/// <summary>Decides when a snapshot is due. Pure.</summary>
public static class SnapshotTriggers
{
    /// <summary>Gives the trigger that fires, or null.</summary>
    public static SnapshotTrigger? Evaluate(PendingSummary pending, TriggerLimits limits, DateTimeOffset now) => pending switch
    {
        { Files: 0 } => null,
        _ when pending.Files > limits.MaxFiles => SnapshotTrigger.Files,
        _ when pending.Bytes > limits.MaxBytes => SnapshotTrigger.Bytes,
        _ when now - pending.LastChange >= limits.Inactivity => SnapshotTrigger.Inactivity,
        _ => null,
    };
}
