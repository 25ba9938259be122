using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Staging;

/// <summary>Collects a tree's staged work: check, compute the changes, store, compare, tell.</summary>
/// <remarks>
/// Calls interleave so that those which arrive during a write share the next. Each brings a pure change of the state, and the
/// write applies all that wait to what is stored, so none works on a state that another has replaced.
/// </remarks>
public sealed class StagingAggregatorGrain(
    [PersistentState("staging", StateStores.Name)] IPersistentState<StagingState> storage,
    IGrainFactory grains,
    IObjectVault vault,
    TenantGuard guard,
    TicketMint mint,
    TimeProvider clock,
    ILogger<StagingAggregatorGrain> log) : StatefulGrain<StagingState>(storage), IStagingAggregatorGrain, IGuardedGrain
{
    // Neither page comes near the 256 KiB that a grain message may have.
    private const int EntriesPerPage = 100;
    private const int PathsPerPage = 200;
    private const int MaxOverlaps = 50;

    private readonly List<Pending> _pending = [];
    private readonly OverlapLedger _told = new();
    private GroupCommit? _writes;
    private StagedChanges? _changes;

    private TreeAddress Tree => GrainKeys.ReadTree(this.GetPrimaryKeyString());

    private StagedChanges Changes => _changes ??= new StagedChanges(vault, Tree);

    private ITreeEventsGrain Events => grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(Tree));

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        await guard.RefuseAsync(Tree, caller, new AccessNeed(permission), cancellationToken);

    /// <inheritdoc/>
    public async Task<Reply<StageOutcome>> StageAsync(StageSnapshot request, CancellationToken cancellationToken)
    {
        if (request.Copy == default || request.Branch.Text.Length == 0 || request.Snapshot.IsZero)
        {
            return Refusals.Invalid("Staged work needs a working copy, a branch and a snapshot.");
        }

        var caller = mint.Current()!;
        if (!(await Changes.BetweenAsync(request.Base, request.Snapshot, cancellationToken)).TryGet(out var paths, out var error))
        {
            return error;
        }

        var standing = await guard.StandingAsync(Tree.Tenant, caller, cancellationToken);
        var record = new StagedRecord
        {
            Account = caller.Account,
            AccountSlug = standing.Slug,
            Copy = request.Copy,
            Branch = request.Branch,
            Base = request.Base,
            Snapshot = request.Snapshot,
            State = StagedState.Staged,
            UpdatedAt = clock.GetUtcNow(),
            Sequence = request.Sequence,
            PathCount = Math.Min(paths.Length, StagedChanges.MaxPaths),
            PathsTruncated = paths.Length > StagedChanges.MaxPaths,
        };
        Error? refused = null;
        await ApplyAsync(state => StagingRules.Stage(state, record, standing.StagedPerTree).TryGet(out var next, out var no) ? next : Refused(state, no, ref refused));
        if (refused is { } refusal)
        {
            return refusal;
        }

        // A newer one of the same copy may stand there instead; then that is what is shown, and what is compared.
        var shown = Current.Entries.LastOrDefault(e => e.Is(record.Account, new StagedKey { Copy = record.Copy, Branch = record.Branch })) ?? record;
        var overlaps = await OverlapsAsync(shown, cancellationToken);
        await TellAsync([EventOf(shown), .. _told.News(shown, overlaps, clock.GetUtcNow())]);
        var sight = await SightAsync(cancellationToken);
        return new StageOutcome { Staged = shown.View(), Overlaps = [.. overlaps.Select(o => sight.Show(o.Mine)).OfType<Overlap>().Take(MaxOverlaps)] };
    }

    /// <inheritdoc/>
    public async Task<Reply<StagedPage>> ListAsync(StagedQuery query, CancellationToken cancellationToken)
    {
        if (query.From < 0)
        {
            return Refusals.Invalid("A page starts at 0 or later.");
        }

        // Read before the list: an event that comes in between is told twice rather than never.
        var page = await mint.AsSystemAsync("staging", () => Events.LatestAsync(cancellationToken));
        if (StagingRules.Expire(Current, clock.GetUtcNow()) != Current)
        {
            // What time ends is nobody's act, least of all that of who looks at the list.
            await ApplyAsync(state => StagingRules.Expire(state, clock.GetUtcNow()), audited: false);
        }

        var sight = await SightAsync(cancellationToken);
        var views = new List<StagedView>();
        foreach (var entry in Current.Entries.Reverse().Where(e => query.IncludeEnded || e.State == StagedState.Staged))
        {
            if (sight.Show(entry, sight.SeesAllPaths ? null : await PathsAsync(entry, cancellationToken)) is { } view)
            {
                views.Add(view);
            }
        }

        return new StagedPage
        {
            Entries = [.. views.Skip(query.From).Take(EntriesPerPage)],
            Next = views.Count - query.From > EntriesPerPage ? query.From + EntriesPerPage : 0,
            EventSequence = page,
        };
    }

    /// <inheritdoc/>
    public async Task<Reply<StagedPathPage>> ListPathsAsync(StagedPathQuery query, CancellationToken cancellationToken)
    {
        var entry = Current.Entries.LastOrDefault(e => e.Is(query.Account, query.Key));
        if (entry is null || query.From < 0)
        {
            return Refusals.NotFound;
        }

        if (!(await Changes.BetweenAsync(entry.Base, entry.Snapshot, cancellationToken)).TryGet(out var all, out var error))
        {
            return error;
        }

        var sight = await SightAsync(cancellationToken);
        if (sight.Show(entry, all) is null)
        {
            return Refusals.NotFound;
        }

        var paths = sight.Filter(all);
        var end = Math.Min(paths.Length, StagedChanges.MaxPaths);
        return new StagedPathPage
        {
            Paths = [.. paths.Take(end).Skip(query.From).Take(PathsPerPage)],
            Next = query.From + PathsPerPage < end ? query.From + PathsPerPage : 0,
        };
    }

    /// <inheritdoc/>
    public async Task<Reply<ClearOutcome>> ClearAsync(StagedKey key, CancellationToken cancellationToken) =>
        new ClearOutcome { Cleared = await EndAsync(mint.Current()!.Account, key, StagedState.Cleared) };

    /// <inheritdoc/>
    public Task PushedAsync(AccountId account, StagedKey key, CancellationToken cancellationToken) => EndAsync(account, key, StagedState.Pushed);

    private async Task<int> EndAsync(AccountId account, StagedKey key, StagedState end)
    {
        var ending = Current.Entries.Where(e => e.State == StagedState.Staged && e.Is(account, key)).ToArray();
        if (ending.Length == 0)
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        await ApplyAsync(state => StagingRules.End(state, account, key, end, now));
        _told.Forget(ending);
        await TellAsync([.. ending.Select(e => EventOf(e with { State = end, UpdatedAt = now }))]);
        return ending.Length;
    }

    /// <summary>Opens what the caller may read of this tree at this moment.</summary>
    private async Task<StagedSight> SightAsync(CancellationToken cancellationToken) =>
        new(await guard.OpenAsync(Tree, mint.Current()!, cancellationToken) ?? throw new InvalidOperationException("Staged work without a tree."));

    private async Task<ImmutableArray<StagedPath>?> PathsAsync(StagedRecord entry, CancellationToken cancellationToken) =>
        (await Changes.BetweenAsync(entry.Base, entry.Snapshot, cancellationToken)).TryGet(out var paths, out _) ? paths : null;

    /// <summary>Finds the others whose work meets an entry's. What cannot be compared any more is left out.</summary>
    private async Task<ImmutableArray<Meeting>> OverlapsAsync(StagedRecord entry, CancellationToken cancellationToken)
    {
        if (!(await Changes.BetweenAsync(entry.Base, entry.Snapshot, cancellationToken)).TryGet(out var mine, out _))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<Meeting>();
        foreach (var other in Current.Entries.Where(e => e.State == StagedState.Staged && e.Account != entry.Account))
        {
            if ((await Changes.BetweenAsync(other.Base, other.Snapshot, cancellationToken)).TryGet(out var theirs, out _)
                && OverlapRules.Meet(mine, theirs) is { Length: > 0 } paths)
            {
                found.Add(new Meeting(entry, other, paths));
            }
        }

        return found.ToImmutable();
    }

    private async Task TellAsync(ImmutableArray<TreeEvent> events)
    {
        try
        {
            await mint.AsSystemAsync("staging", async () =>
            {
                await Events.PublishAsync(new EventBatch { Events = events }, CancellationToken.None);
                return true;
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Nobody could be told of staged work in tree {Tree}", Tree.Tree);
        }
    }

    private Task ApplyAsync(Func<StagingState, StagingState> change, bool audited = true)
    {
        _pending.Add(new Pending(change, audited ? Draft : null));
        _writes ??= new GroupCommit(WriteAsync);
        return _writes.RunAsync();
    }

    private async Task WriteAsync()
    {
        var next = Current;
        var drafts = ImmutableArray.CreateBuilder<AuditDraft>();
        foreach (var (change, draft) in _pending)
        {
            var changed = change(next);
            if (draft is not null && changed != next)
            {
                drafts.Add(draft);
            }

            next = changed;
        }

        _pending.Clear();
        if (next != Current)
        {
            await SaveAsync(next, drafts.ToImmutable());
            Changes.Keep(Current.Entries.Where(e => e.State == StagedState.Staged));
        }
    }

    private static StagingState Refused(StagingState state, Error error, ref Error? refused)
    {
        refused = error;
        return state;
    }

    /// <summary>Waits for the next write.</summary>
    private sealed record Pending(Func<StagingState, StagingState> Change, AuditDraft? Draft);

    private static TreeEvent EventOf(StagedRecord entry) => new()
    {
        Key = $"staged/{entry.Account}/{entry.Copy}/{entry.Branch}/{entry.Snapshot}/{entry.State}/{entry.UpdatedAt.UtcTicks}",
        Kind = entry.State == StagedState.Staged ? EventKind.Staged : EventKind.StagedEnded,
        At = entry.UpdatedAt,
        Branch = entry.Branch,
        Account = entry.Account,
        AccountSlug = entry.AccountSlug,
        Copy = entry.Copy,
        Snapshot = entry.Snapshot,
        Before = entry.Base,
        State = entry.State,
        PathCount = entry.PathCount,
    };
}
