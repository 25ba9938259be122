using W0rktree.Core;
using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what concerns recorded conflicts, and merges for scripts.</summary>
internal static class ConflictHandlers
{
    public static HandlerTable AddConflicts(this HandlerTable table) => table
        .Add(Methods.Resolve, IpcJson.Default.ResolveParams, IpcJson.Default.ResolveResult, ResolveAsync)
        .Add(Methods.ResolveVersions, IpcJson.Default.ResolveVersionsParams, IpcJson.Default.ResolveVersionsResult, MergeToolHandler.VersionsAsync)
        .Add(Methods.Revert, IpcJson.Default.CarryParams, IpcJson.Default.MergeResult, (context, p, token) => CarryAsync(context, p, takesBack: true, token))
        .Add(Methods.Cherry, IpcJson.Default.CarryParams, IpcJson.Default.MergeResult, (context, p, token) => CarryAsync(context, p, takesBack: false, token))
        .Add(Methods.DebugMerge, IpcJson.Default.DebugMergeParams, IpcJson.Default.DebugMergeResult, new TrialMergeHandler().MergeAsync);

    private static async Task<Result<ResolveResult>> ResolveAsync(RequestContext context, ResolveParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var paths = PathsInTree.Parse(found.Value.Copy.Root, p.Paths);
        if (!paths.IsOk)
        {
            return paths.Error;
        }

        if (p.Action == "list")
        {
            return await ListAsync(found.Value.Copy, new ResolveRequest(paths.Value, null), cancellationToken);
        }

        ConflictAnswer? answer = p.Action switch
        {
            "ours" => ConflictAnswer.Ours,
            "theirs" => ConflictAnswer.Theirs,
            "base" => ConflictAnswer.Base,
            "union" => ConflictAnswer.Union,
            _ => null,
        };
        if (answer is null && p.Action != "mark")
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{p.Action}' is no answer to a conflict.", "Take ours, theirs, base or union, or mark what stands there.");
        }

        var resolved = await found.Value.Operations.ResolveAsync(new ResolveRequest(paths.Value, answer), context.Progress, cancellationToken);
        return resolved.Map(r => new ResolveResult(r.Tip.ToString(), Details(r.Resolved), Details(r.Remaining), r.FilesChanged, r.SavedAs?.ToString()));
    }

    private static async Task<Result<ResolveResult>> ListAsync(OpenCopy copy, ResolveRequest request, CancellationToken cancellationToken)
    {
        var conflicts = copy.Position.Tip is { } tip ? (await copy.Graph.ReadSnapshotAsync(tip, cancellationToken)).Conflicts : [];
        return new ResolveResult(copy.Position.Tip?.ToString(), [], Details(conflicts.Where(c => request.Paths.Count == 0 || request.Paths.Any(c.Path.IsAtOrBelow))), 0, null);
    }

    private static async Task<Result<MergeResult>> CarryAsync(RequestContext context, CarryParams p, bool takesBack, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var target = await new Revisions(found.Value.Copy).ResolveAsync(p.Revision, cancellationToken);
        if (!target.IsOk)
        {
            return target.Error;
        }

        var carried = await found.Value.Operations.CarryAsync(new CarryRequest(target.Value, p.Revision, takesBack, p.Parent, p.Message), context.Progress, cancellationToken);
        return carried.Map(m => new MergeResult(m.Outcome, m.Tip.ToString(), m.FilesChanged, Describe.Conflicts(m.Conflicts), m.SavedAs?.ToString()));
    }

    private static IReadOnlyList<ConflictDetail> Details(IEnumerable<Conflict> conflicts) =>
        [.. conflicts.Select(c => new ConflictDetail(c.Path.ToString(), c.Kind.Text, Version(c.Base), Version(c.Ours), Version(c.Theirs)))];

    private static ConflictVersion? Version(ConflictSide? side) =>
        side is null ? null : new ConflictVersion(side.Kind.ToString().ToLowerInvariant(), (long)side.SizeBytes, side.Hash.ToString());
}
