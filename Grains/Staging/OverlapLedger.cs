using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;

namespace W0rktree.Grains.Staging;

/// <summary>Describes where two entries meet.</summary>
/// <param name="One">The entry that was staged just now.</param>
/// <param name="Other">The other.</param>
/// <param name="Paths">Where they meet; not empty.</param>
internal sealed record Meeting(StagedRecord One, StagedRecord Other, ImmutableArray<OverlapPath> Paths)
{
    /// <summary>Gets the meeting as the one who staged sees it.</summary>
    public Overlap Mine => Seen(Other);

    /// <summary>Gets the meeting as the other sees it.</summary>
    public Overlap Theirs => Seen(One);

    private Overlap Seen(StagedRecord whom) => new()
    {
        Account = whom.Account,
        AccountSlug = whom.AccountSlug,
        Copy = whom.Copy,
        Branch = whom.Branch,
        Paths = [.. Paths.Take(OverlapRules.MaxNamedPaths)],
        PathCount = Paths.Length,
        StagedAt = whom.UpdatedAt,
    };
}

/// <summary>Remembers what was told of which meeting, so that saving a file again does not warn again. In memory: a new activation warns once more.</summary>
internal sealed class OverlapLedger
{
    private readonly Dictionary<(EntryKey, EntryKey), ImmutableArray<OverlapPath>> _told = [];

    /// <summary>Gives the warnings, for both sides, of the meetings that are new or have changed.</summary>
    public ImmutableArray<TreeEvent> News(StagedRecord entry, ImmutableArray<Meeting> meetings, DateTimeOffset now)
    {
        var events = ImmutableArray.CreateBuilder<TreeEvent>();
        var me = EntryKey.Of(entry);
        foreach (var meeting in meetings)
        {
            var pair = EntryKey.Pair(me, EntryKey.Of(meeting.Other));
            if (!_told.TryGetValue(pair, out var before) || !before.AsSpan().SequenceEqual(meeting.Paths.AsSpan()))
            {
                _told[pair] = meeting.Paths;
                events.Add(Warn(entry, meeting.Mine, entry, meeting.Other, now));
                events.Add(Warn(meeting.Other, meeting.Theirs, entry, meeting.Other, now));
            }
        }

        var present = meetings.Select(m => EntryKey.Pair(me, EntryKey.Of(m.Other))).ToHashSet();
        foreach (var gone in _told.Keys.Where(k => (k.Item1 == me || k.Item2 == me) && !present.Contains(k)).ToArray())
        {
            _ = _told.Remove(gone);
        }

        return events.ToImmutable();
    }

    /// <summary>Forgets entries that have ended.</summary>
    public void Forget(IReadOnlyCollection<StagedRecord> entries)
    {
        var keys = entries.Select(EntryKey.Of).ToHashSet();
        foreach (var gone in _told.Keys.Where(k => keys.Contains(k.Item1) || keys.Contains(k.Item2)).ToArray())
        {
            _ = _told.Remove(gone);
        }
    }

    private static TreeEvent Warn(StagedRecord receiver, Overlap overlap, StagedRecord one, StagedRecord other, DateTimeOffset now) => new()
    {
        Key = $"overlap/{receiver.Account}/{one.Copy}/{one.Branch}/{one.Snapshot}/{other.Copy}/{other.Branch}/{other.Snapshot}",
        Kind = EventKind.Overlap,
        At = now,
        Branch = receiver.Branch,
        Account = overlap.Account,
        AccountSlug = overlap.AccountSlug,
        Copy = receiver.Copy,
        Snapshot = receiver.Snapshot,
        Overlap = overlap,
        PathCount = overlap.PathCount,
        Audience = [receiver.Account],
    };

    private readonly record struct EntryKey(AccountId Account, CopyId Copy, BranchName Branch)
    {
        public static EntryKey Of(StagedRecord entry) => new(entry.Account, entry.Copy, entry.Branch);

        /// <summary>Gives the pair in one order, whichever side staged.</summary>
        public static (EntryKey First, EntryKey Second) Pair(EntryKey a, EntryKey b) =>
            a.Account.Value < b.Account.Value ? (a, b) : (b, a);
    }
}
