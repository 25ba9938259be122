using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Staging;

namespace W0rktree.Grains.Staging;

/// <summary>Decides about staged work. Pure.</summary>
public static class StagingRules
{
    /// <summary>The most entries shown at a time: a thousand colleagues at work at once.</summary>
    public const int MaxActive = 1_000;

    /// <summary>The ended entries that are kept for lists.</summary>
    public const int MaxEnded = 200;

    /// <summary>How long work is shown without being renewed: over a long weekend.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(14);

    /// <summary>Puts a copy's newest work in place of its last; an older one never replaces a newer one.</summary>
    /// <param name="state">What there is.</param>
    /// <param name="record">The work.</param>
    /// <param name="quota">The most entries that the tenant may have shown; zero for no limit but <see cref="MaxActive"/>.</param>
    public static Result<StagingState> Stage(StagingState state, StagedRecord record, long quota = 0)
    {
        var last = state.Entries.FirstOrDefault(e => e.Account == record.Account && e.Copy == record.Copy && e.Branch == record.Branch);
        if (last is not null && (last.Sequence > record.Sequence || (last.Sequence == record.Sequence && last.Snapshot == record.Snapshot && last.State == StagedState.Staged)))
        {
            return state;
        }

        if (last is null && state.Entries.Count(e => e.State == StagedState.Staged) >= MaxActive)
        {
            return new Error("too_large", $"A tree shows at most {MaxActive} staged snapshots at a time.", "Take back what is no longer needed: wt staged clear");
        }

        if (last is not { State: StagedState.Staged } && quota > 0 && state.Entries.Count(e => e.State == StagedState.Staged) >= quota)
        {
            return new Error("quota_exceeded", $"A tree of this tenant shows at most {quota:N0} staged snapshots at a time.", "Take back what is no longer needed: wt staged clear");
        }

        return Trim(state with { Entries = [.. state.Entries.Where(e => e != last), record] });
    }

    /// <summary>Ends the work that a key names.</summary>
    public static StagingState End(StagingState state, AccountId account, StagedKey key, StagedState end, DateTimeOffset now) =>
        Change(state, e => e.State == StagedState.Staged && e.Is(account, key), end, now);

    /// <summary>Ends the work that was not renewed.</summary>
    public static StagingState Expire(StagingState state, DateTimeOffset now) =>
        Change(state, e => e.State == StagedState.Staged && e.UpdatedAt + Life <= now, StagedState.Expired, now);

    private static StagingState Change(StagingState state, Func<StagedRecord, bool> which, StagedState end, DateTimeOffset now)
    {
        var ended = state.Entries.Where(which).ToArray();
        return ended.Length == 0
            ? state
            : Trim(state with { Entries = [.. state.Entries.Except(ended), .. ended.Select(e => e with { State = end, UpdatedAt = now })] });
    }

    private static StagingState Trim(StagingState state)
    {
        var surplus = state.Entries.Count(e => e.State != StagedState.Staged) - MaxEnded;
        return surplus <= 0 ? state : state with { Entries = state.Entries.RemoveRange(state.Entries.Where(e => e.State != StagedState.Staged).Take(surplus)) };
    }
}
