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
    private const string OnlyCheckedHint = "'wt doctor' repairs what the server has.";
    private const string RepairHint = "No file of this working copy has it, and the server does not have it either, or you may not read it there. Restore the store's folder from a backup, or clone anew.";

    public static HandlerTable AddInspection(this HandlerTable table) => table
        .Add(Methods.IgnoreCheck, IpcJson.Default.IgnoreCheckParams, IpcJson.Default.IgnoreCheckResult, IgnoreAsync)
        .Add(Methods.Gc, IpcJson.Default.GcParams, IpcJson.Default.GcResult, CollectAsync)
        .Add(Methods.Doctor, IpcJson.Default.VerifyResult, RepairAsync)
        .Add(Methods.DebugVerify, IpcJson.Default.VerifyResult, CheckAsync);

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
            ReflogPruned = keeper.ReflogPruned,
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

    private static async Task<Result<VerifyResult>> CheckAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyInAnyStateAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        return Describe(found.Value.Copy, await new StoreDoctor(found.Value.Copy, null, context.Progress).CheckAsync(cancellationToken), OnlyCheckedHint);
    }

    private static async Task<Result<VerifyResult>> RepairAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyInAnyStateAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var report = await new StoreDoctor(copy, found.Value.SyncStage, context.Progress).RepairAsync(cancellationToken);
        var hint = report.Refusal is { } refusal ? $"It was not repaired: {refusal.Message.TrimEnd('.')}. {refusal.Hint ?? "'wt doctor' tries again."}" : RepairHint;
        var result = Describe(copy, report, hint);
        var problems = result.Problems.ToList();
        problems.AddRange(copy.Config.Current.Problems.Select(problem => new VerifyProblem(problem.Code, problem.Message, null, $"{problem.Source}:{problem.Line}:{problem.Column}", null)));
        if (copy.WatchProblem is { } degraded)
        {
            problems.Add(new VerifyProblem("watching_degraded", degraded, null, copy.Root, null));
        }

        return result with { Healthy = problems.Count == 0, Problems = problems };
    }

    private static VerifyResult Describe(OpenCopy copy, DoctorReport report, string hint)
    {
        var problems = report.Check.Damage.Select(damage => new VerifyProblem(
            damage.Offset == 0 && damage.File == copy.Store.Folder ? "missing" : "damaged", damage.What, damage.Id?.ToString(), $"{damage.File} at {damage.Offset}", hint)).ToList();
        if (report.UnreadableRoot is { } unreadable)
        {
            problems.Add(new VerifyProblem(unreadable.Code, unreadable.Message, null, null, unreadable.Hint));
        }

        return new VerifyResult(problems.Count == 0, report.Check.Objects, report.Check.Bytes, problems)
        {
            Repaired = [.. report.Repaired.Select(damage => new RepairedObject(damage.Id!.Value.ToString(), damage.Kind?.ToString().ToLowerInvariant() ?? "unknown", damage.What))],
            Rewritten = report.Scrubbed?.Rewritten ?? [],
            SetAside = report.Scrubbed?.SetAside ?? [],
        };
    }
}
