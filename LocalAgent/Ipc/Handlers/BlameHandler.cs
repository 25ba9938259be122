using W0rktree.Core;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.History;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers <c>blame</c>, and <c>debug.history</c> for whoever wants the index now.</summary>
internal static class BlameHandler
{
    public static HandlerTable AddBlame(this HandlerTable table) => table
        .Add(Methods.Blame, IpcJson.Default.BlameParams, IpcJson.Default.BlameResult, BlameAsync)
        .Add(Methods.DebugHistory, IpcJson.Default.DebugHistoryResult, IndexAsync);

    private static async Task<Result<BlameResult>> BlameAsync(RequestContext context, BlameParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var revisions = new Revisions(copy);
        var at = await revisions.ResolveAsync(p.From, cancellationToken);
        var path = PathsInTree.Parse(copy.Root, p.Path);
        if (!at.IsOk || !path.IsOk)
        {
            return at.IsOk ? path.Error : at.Error;
        }

        var index = await StoreHistory.Of(copy.Store).ReachAsync([at.Value], context.Progress, cancellationToken);
        var ignored = new HashSet<int>();
        foreach (var text in p.Ignore)
        {
            var id = await revisions.ResolveAsync(text, cancellationToken);
            if (!id.IsOk)
            {
                return id.Error;
            }

            ignored.Add(index.Find(id.Value));
        }

        var blamed = await new BlameQuery(copy, index) { AsItIsNow = p.From is null }.RunAsync(at.Value, path.Value, p.Lines, ignored, context.Progress, cancellationToken);
        if (!blamed.IsOk)
        {
            return blamed.Error;
        }

        foreach (var lines in blamed.Value)
        {
            await context.SendAsync(lines, IpcJson.Default.BlameEvent, cancellationToken);
        }

        return new BlameResult(blamed.Value.Sum(lines => lines.Lines.Count), blamed.Value.Select(lines => lines.Snapshot).Where(id => id.Trim('0').Length > 0).Distinct().Count());
    }

    private static async Task<Result<DebugHistoryResult>> IndexAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var index = await StoreHistory.Of(found.Value.Copy.Store).CompleteAsync(context.Progress, cancellationToken);
        return new DebugHistoryResult(index.Count, index.Count - index.LackingFilters, index.Bytes.Length);
    }
}
