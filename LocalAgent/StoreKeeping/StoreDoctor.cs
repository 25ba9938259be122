using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Verification;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>
/// Reads everything in a store; takes what is lost from the working directory where that still has it, else from the server; replaces
/// damaged copies. Whatever it did or could not do it names.
/// </summary>
internal sealed class StoreDoctor(OpenCopy copy, ISyncStage? sync, IProgress<ProgressInfo> progress)
{
    // What is below a lost directory shows when that is back; a path is not deeper than this many repairs would ever go.
    private const int MostRounds = 64;

    /// <summary>Checks, changing nothing.</summary>
    public async Task<DoctorReport> CheckAsync(CancellationToken cancellationToken)
    {
        var roots = new StoreRoots(copy.Store, copy.Time, copy.Config.Current.ReflogRetention).List();
        return new DoctorReport(await VerifyAsync(roots.IsOk ? roots.Value : [], cancellationToken)) { UnreadableRoot = roots.IsOk ? null : roots.Error };
    }

    /// <summary>Checks, repairs what can be repaired, and checks again.</summary>
    public async Task<DoctorReport> RepairAsync(CancellationToken cancellationToken)
    {
        var first = await CheckAsync(cancellationToken);
        if (first.Check.IsHealthy)
        {
            return first;
        }

        var roots = new StoreRoots(copy.Store, copy.Time, copy.Config.Current.ReflogRetention).List();
        var (repaired, refusal) = await FetchAsync(first.Check, roots.IsOk ? roots.Value : [], cancellationToken);
        var isWhole = roots.IsOk && (await GapsAsync(roots.Value, cancellationToken)).Count == 0;
        var scrubbed = await copy.Store.ScrubAsync(setUnreadableAside: isWhole, cancellationToken);
        var last = await CheckAsync(cancellationToken);
        return last with { Repaired = repaired, Refusal = refusal, Scrubbed = scrubbed };
    }

    private async Task<(IReadOnlyList<StoreDamage> Repaired, Error? Refusal)> FetchAsync(
        VerifyReport check, IReadOnlyList<GarbageRoot> roots, CancellationToken cancellationToken)
    {
        var lost = check.Damage.Where(IsLost).ToList();
        Dictionary<ContentHash, StoreDamage> named = [];
        Error? refusal = null;
        lost.ForEach(damage => named[damage.Id!.Value] = damage);
        if (lost.Count > 0)
        {
            await new FileRepair(copy).RunAsync(named.Keys.ToHashSet(), cancellationToken);
            lost.RemoveAll(damage => !IsLost(damage));
        }

        for (var round = 0; round < MostRounds && lost.Count > 0; round++)
        {
            // What names a path comes last and counts: a person knows a file by that.
            lost.ForEach(damage => named[damage.Id!.Value] = damage);
            var fetched = sync is null
                ? new Error(ErrorCodes.NoServer, "This worktree is on no server", null)
                : await sync.RepairAsync(lost.Select(damage => damage.Id!.Value).ToHashSet(), [.. SnapshotsOf(roots)], progress, cancellationToken);
            if (!fetched.IsOk)
            {
                refusal = fetched.Error;
                break;
            }

            var before = lost.Select(damage => damage.Id!.Value).ToHashSet();
            lost = await GapsAsync(roots, cancellationToken);
            if (before.SetEquals(lost.Select(damage => damage.Id!.Value)))
            {
                break;
            }
        }

        return ([.. named.Where(pair => !copy.Store.IsLost(pair.Key)).Select(pair => pair.Value)], refusal);
    }

    private async Task<List<StoreDamage>> GapsAsync(IReadOnlyList<GarbageRoot> roots, CancellationToken cancellationToken)
    {
        List<StoreDamage> gaps = [];
        await foreach (var gap in new ClosureCheck(copy.Store, roots).RunAsync(copy.Store, cancellationToken))
        {
            if (IsLost(gap))
            {
                gaps.Add(gap);
            }
        }

        return gaps;
    }

    private bool IsLost(StoreDamage damage) => damage.Id is { } id && copy.Store.IsLost(id);

    private static IEnumerable<SnapshotId> SnapshotsOf(IReadOnlyList<GarbageRoot> roots) =>
        roots.Where(root => root.Kind is GarbageRootKind.Reference or GarbageRootKind.Reflog).Select(root => new SnapshotId(root.Id));

    private Task<VerifyReport> VerifyAsync(IReadOnlyList<GarbageRoot> roots, CancellationToken cancellationToken)
    {
        var total = copy.Store.ObjectCount;
        Progress<long> counting = new(done => progress.Report(new ProgressInfo("verifying", done, total, "objects")));
        return copy.Store.VerifyAsync(counting, new ClosureCheck(copy.Store, roots).RunAsync, cancellationToken);
    }
}

/// <summary>What a doctor found and did.</summary>
/// <param name="Check">How the store is now.</param>
internal sealed record DoctorReport(VerifyReport Check)
{
    /// <summary>Why the roots cannot be listed; null where they can.</summary>
    public Error? UnreadableRoot { get; init; }

    /// <summary>What was lost and is back.</summary>
    public IReadOnlyList<StoreDamage> Repaired { get; init; } = [];

    /// <summary>Why the server was of no help; null where it was asked and answered.</summary>
    public Error? Refusal { get; init; }

    /// <summary>What became of files with damaged copies; null where nothing was to be done.</summary>
    public ScrubReport? Scrubbed { get; init; }
}
