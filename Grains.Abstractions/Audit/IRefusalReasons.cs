namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Tells the front, for the audit alone, what led to a refusal; the caller is not told.</summary>
public interface IRefusalReasons
{
    /// <summary>Takes the reason that was noted last for a request; null where none was.</summary>
    RefusalReason? Take(string requestId);
}

/// <summary>Says what a decision denied and by what.</summary>
/// <param name="Permission">What was asked for.</param>
/// <param name="Because">The rules.</param>
public sealed record RefusalReason(string Permission, string Because);
