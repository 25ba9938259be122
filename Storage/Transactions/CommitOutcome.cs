using W0rktree.Storage.Meta;

namespace W0rktree.Storage.Transactions;

/// <summary>How a commit ended.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>Everything of the transaction is durable.</summary>
    /// <param name="Sequence">Number of the commit; for a transaction without content that of the last one.</param>
    public sealed record Committed(ulong Sequence) : CommitOutcome;

    /// <summary>A row was not what was expected; nothing of the transaction counts.</summary>
    /// <param name="Table">The row's table.</param>
    /// <param name="Key">The row's key.</param>
    /// <param name="Actual">The value it has; null when it is absent.</param>
    public sealed record Conflict(string Table, string Key, ReadOnlyMemory<byte>? Actual) : CommitOutcome;
}

/// <summary>A row that a transaction writes, removes where the value is null, or only checks.</summary>
/// <param name="Key">The row's place.</param>
/// <param name="Checks">Whether <paramref name="Expected"/> counts.</param>
/// <param name="Expected">What must stand there; null for nothing.</param>
/// <param name="Writes">Whether <paramref name="Value"/> counts.</param>
/// <param name="Value">The new value; null removes the row.</param>
internal sealed record MetaChange(MetaKey Key, bool Checks, byte[]? Expected, bool Writes, byte[]? Value)
{
    /// <summary>Tells whether a row is as the transaction expects.</summary>
    public bool IsMet(ReadOnlyMemory<byte>? actual) => !Checks || (actual is { } found
        ? Expected is { } wanted && found.Span.SequenceEqual(wanted)
        : Expected is null);
}
