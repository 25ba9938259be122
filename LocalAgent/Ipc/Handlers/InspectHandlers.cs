using W0rktree.Core;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.StoreKeeping;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Collection;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what checks and explains: ignore rules, doctor, verification.</summary>
internal static class InspectHandlers
{
    // Objects are fetched with whole snapshots only, so there is no repairing one of them from the server yet.
    private const string RepairHint = "It cannot be repaired here. Content that a working directory still has is stored again by its next snapshot; else restore the store's folder from a backup, or clone anew.";

    public static HandlerTable AddInspection(this HandlerTable table) => table
        .Add(Methods.IgnoreCheck, IpcJson.Default.IgnoreCheckParams, IpcJson.Default.IgnoreCheckResult, IgnoreAsync)
        .Add(Methods.Gc, IpcJson.Default.GcParams, IpcJson.Default.GcResult, CollectAsync)
        .Add(Methods.Doctor, IpcJson.Default.VerifyResult, (context, token) => VerifyAsync(context, withSurroundings: true, token))
        .Add(Methods.DebugVerify, IpcJson.Default.VerifyResult, (context, token) => VerifyAsync(context, withSurroundings: false, token));

    private static async Task<Result<IgnoreCheckResult>> IgnoreAsync(RequestContext context, IgnoreCheckParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        await copy.CatchUpAsync(cancellationToken);
        var verdicts = new List<IgnoreVerdictInfo>(p.Paths.Count);
        foreach (var text in p.Paths)
        {
            var path = PathsInTree.Parse(copy.Root, text);
            if (!path.IsOk)
            {
                return path.Error;
            }

            var isDirectory = text.EndsWith('/') || copy.Files.Look(path.Value) is { Kind: FoundKind.Directory };
            var verdict = path.Value.IsRoot ? default : copy.Ignores.Rules.Match(path.Value.Bytes, isDirectory);
            verdicts.Add(new IgnoreVerdictInfo(path.Value.ToString(), verdict.IsIgnored, verdict.Rule?.Source, verdict.Rule?.Line, verdict.Rule?.Pattern));
        }

        return new IgnoreCheckResult(verdicts);
    }

    private static async Task<Result<GcResult>> CollectAsync(RequestContext context, GcParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var before = copy.Store.DiskBytes();
        StoreKeeper keeper = new(copy.Store, copy.Time, () => copy.Config.Current);
        var report = p.DryRun ? await keeper.CollectAsync(dryRun: true, cancellationToken) : await keeper.CollectAndCompactAsync(cancellationToken);
        return report.Map(r => new GcResult
        {
            DryRun = p.DryRun,
            Roots = r.Roots.ToDictionary(root => NameOf(root.Key), root => root.Value),
            Reachable = r.Reachable,
            Waiting = new GcFigures(r.Waiting.Objects, r.Waiting.Bytes),
            Removed = new GcFigures(r.Expired.Objects, r.Expired.Bytes),
            NextDue = r.NextDue,
            BytesBefore = before,
            BytesAfter = copy.Store.DiskBytes(),
            Packs = copy.Store.PackCount,
        });
    }

    private static string NameOf(GarbageRootKind kind) => kind switch
    {
        GarbageRootKind.Reference => "references",
        GarbageRootKind.Reflog => "reflog",
        GarbageRootKind.Queue => "queue",
        GarbageRootKind.InUse => "in_use",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of root."),
    };

    private static async Task<Result<VerifyResult>> VerifyAsync(RequestContext context, bool withSurroundings, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var total = copy.Store.ObjectCount;
        var progress = new Progress<long>(done => context.Progress.Report(new ProgressInfo("verifying", done, total, "objects")));
        var roots = new StoreRoots(copy.Store, copy.Time, copy.Config.Current.ReflogRetention).List();
        ClosureCheck closure = new(copy.Store, roots.IsOk ? roots.Value : []);
        var report = await copy.Store.VerifyAsync(progress, closure.RunAsync, cancellationToken);
        var problems = report.Damage.Select(damage => new VerifyProblem(damage.Offset == 0 && damage.File == copy.Store.Folder ? "missing" : "damaged", damage.What, damage.Id?.ToString(), $"{damage.File} at {damage.Offset}", RepairHint)).ToList();
        if (!roots.IsOk)
        {
            problems.Add(new VerifyProblem(roots.Error.Code, roots.Error.Message, null, null, roots.Error.Hint));
        }

        if (withSurroundings)
        {
            problems.AddRange(copy.Config.Current.Problems.Select(problem => new VerifyProblem(problem.Code, problem.Message, null, $"{problem.Source}:{problem.Line}:{problem.Column}", null)));
            if (copy.WatchProblem is { } degraded)
            {
                problems.Add(new VerifyProblem("watching_degraded", degraded, null, copy.Root, null));
            }
        }

        return new VerifyResult(problems.Count == 0, report.Objects, report.Bytes, problems);
    }
}
