namespace W0rktree.Storage.Verification;

/// <summary>Tells what reading a whole store found.</summary>
/// <param name="Objects">Objects that were read.</param>
/// <param name="Bytes">Their bytes after expansion.</param>
/// <param name="ReflogEntries">Entries whose place in the chain was checked.</param>
/// <param name="Damage">What is wrong, in the order in which it was found.</param>
public sealed record VerifyReport(long Objects, long Bytes, long ReflogEntries, IReadOnlyList<StoreDamage> Damage)
{
    /// <summary>Gets whether nothing is wrong.</summary>
    public bool IsHealthy => Damage.Count == 0;
}
