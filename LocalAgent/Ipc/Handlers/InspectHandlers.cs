using W0rktree.Core;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what checks and explains: ignore rules, doctor, verification.</summary>
internal static class InspectHandlers
{
    public static HandlerTable AddInspection(this HandlerTable table) => table
        .Add(Methods.IgnoreCheck, IpcJson.Default.IgnoreCheckParams, IpcJson.Default.IgnoreCheckResult, IgnoreAsync)
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
        var report = await copy.Store.VerifyAsync(progress, cancellationToken);
        var problems = report.Damage.Select(damage => new VerifyProblem("damaged", damage.What, damage.Id?.ToString(), $"{damage.File} at {damage.Offset}", "Restore the store's folder from a backup, or push and clone anew.")).ToList();
        problems.AddRange(copy.Refs.List("").Where(pair => !copy.Store.Contains(pair.Value.Hash))
            .Select(pair => new VerifyProblem("dangling_reference", $"'{pair.Key}' names a snapshot that is not in the store.", pair.Value.ToString(), null, "'wt reflog' shows where it stood before.")));
        if (withSurroundings)
        {
            problems.AddRange(copy.Config.Current.Problems.Select(problem => new VerifyProblem(problem.Code, problem.Message, null, $"{problem.Source}:{problem.Line}:{problem.Column}", null)));
            if (copy.Watcher.Degraded is { } degraded)
            {
                problems.Add(new VerifyProblem("watching_degraded", degraded, null, copy.Root, null));
            }
        }

        return new VerifyResult(problems.Count == 0, report.Objects, report.Bytes, problems);
    }
}
