using W0rktree.LocalAgent.Branches;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>Says how far the beginning of a reflog is over its retention.</summary>
internal static class ReflogRetention
{
    /// <summary>
    /// Gives the number of the last entry that may go with all before it, 0 for none. Clocks go back at times, so an entry that is
    /// old enough stays while an older one is not; and what one operation wrote stays together, or half of it could be undone.
    /// </summary>
    /// <exception cref="InvalidDataException">An entry is damaged.</exception>
    public static ulong LastExpired(ReflogView log, DateTimeOffset limit)
    {
        var (last, firstKept) = (log.Head.Sequence, log.Head.Sequence + 1);
        string? operation = null;
        foreach (var entry in log.NewestFirst())
        {
            var follows = entry.Sequence + 1 == firstKept;
            if (entry.Time.UnixMilliseconds >= limit.ToUnixTimeMilliseconds() || (follows && operation is not null && OperationOf(entry) == operation))
            {
                (firstKept, operation) = (entry.Sequence, OperationOf(entry));
            }
        }

        return Math.Min(last, firstKept - 1);
    }

    private static string? OperationOf(ReflogEntry entry) => ReflogDetails.Parse(entry.Details)?.Op;
}
