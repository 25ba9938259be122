namespace W0rktree.LocalAgent.Sync.Pushing;

/// <summary>
/// A push that was begun: it stands in the queue, with everything that it decided, until the server has answered. A lost
/// reply, a dead agent or a server that is away then end in the same push, not in a second one.
/// </summary>
public sealed record PushIntent
{
    /// <summary>Gets the branch.</summary>
    public required string Branch { get; init; }

    /// <summary>Gets the line's tip that the push was made of.</summary>
    public required string Tip { get; init; }

    /// <summary>Gets the snapshot that the branch is to point at.</summary>
    public required string NewHead { get; init; }

    /// <summary>Gets what the branch pointed at when the push was made; null where the server did not have it.</summary>
    public string? ExpectedHead { get; init; }

    /// <summary>Gets the number under which the server recognises a repetition: 32 hexadecimal digits.</summary>
    public required string RequestId { get; init; }

    /// <summary>Gets how many snapshots the branch gains.</summary>
    public int Pushed { get; init; }

    /// <summary>Gets how many were folded away.</summary>
    public int Folded { get; init; }

    /// <summary>Gets whether a snapshot that the push made has the message that the user gave; null where none was given.</summary>
    public bool? MessageUsed { get; init; }

    /// <summary>Gets when the user asked for it.</summary>
    public DateTimeOffset At { get; init; }
}
