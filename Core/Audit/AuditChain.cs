using W0rktree.Core.Identity;

namespace W0rktree.Core.Audit;

/// <summary>Names a place in a chain: how many records there were, and the hash of the last.</summary>
/// <param name="Count">The number of the last record; 0 before the first.</param>
/// <param name="Hash">Its hash; zero before the first.</param>
public readonly record struct AuditMark(long Count, ContentHash Hash)
{
    /// <summary>Reads <c>COUNT:HASH</c>.</summary>
    public static AuditMark? TryParse(string text)
    {
        var parts = text.Split(':');
        return parts is [var count, var hash] && long.TryParse(count, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && ContentHash.TryParse(hash, out var known) ? new AuditMark(number, known) : null;
    }

    /// <summary>Formats <c>COUNT:HASH</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Count}:{Hash}");
}

/// <summary>Follows a tenant's chain record by record and says at which one it breaks. Not thread-safe.</summary>
/// <param name="tenant">Whose chain it is.</param>
/// <param name="from">Where it starts: the checkpoint of what was pruned, or the beginning.</param>
/// <param name="anchor">A place that the chain once had, kept elsewhere; null without one.</param>
public sealed class AuditChain(TenantId tenant, AuditMark from, AuditMark? anchor = null)
{
    /// <summary>Gets how far the chain has been followed.</summary>
    public AuditMark Mark { get; private set; } = from;

    /// <summary>Gets whether the chain was seen to pass the anchor.</summary>
    public bool PassedAnchor { get; private set; } = anchor is null || anchor == from;

    /// <summary>Takes the next record; null where it belongs there, else what is wrong with it.</summary>
    public string? Follow(ReadOnlySpan<byte> encoded)
    {
        var number = Mark.Count + 1;
        if (AuditCodec.TryDecode(encoded) is not { } record)
        {
            return $"Record {number} is damaged.";
        }

        if (record.Tenant != tenant)
        {
            return $"Record {number} belongs to another chain.";
        }

        if (record.Number != number)
        {
            return $"Where record {number} belongs stands record {record.Number}.";
        }

        if (record.Previous != Mark.Hash)
        {
            return $"Record {number} does not follow what stands before it.";
        }

        Mark = new AuditMark(number, AuditCodec.HashOf(encoded));
        PassedAnchor |= Mark == anchor;
        return null;
    }

    /// <summary>Says what is wrong with the end; null where the chain ends where it should.</summary>
    /// <param name="head">Where the chain ends by what is stored beside it.</param>
    public string? End(AuditMark head) => Mark != head
        ? $"The chain ends after {Mark.Count} records, and {head.Count} were written."
        : PassedAnchor ? null : $"The chain no longer passes {anchor}, which it once did.";
}
