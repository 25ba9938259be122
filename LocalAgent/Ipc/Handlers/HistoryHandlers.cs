using W0rktree.Core;
using W0rktree.Core.Classification;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Diffing;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Answers what looks at history: log, show, reflog.</summary>
internal static class HistoryHandlers
{
    private const int PieceBytes = 256 * 1024;

    public static HandlerTable AddHistory(this HandlerTable table) => table
        .Add(Methods.Log, IpcJson.Default.LogParams, IpcJson.Default.LogResult, LogAsync)
        .Add(Methods.Show, IpcJson.Default.ShowParams, IpcJson.Default.ShowResult, ShowAsync)
        .Add(Methods.ReflogList, IpcJson.Default.ReflogListParams, IpcJson.Default.ReflogListResult, ReflogAsync);

    private static async Task<Result<LogResult>> LogAsync(RequestContext context, LogParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var from = await new Revisions(copy).ResolveAsync(p.From, cancellationToken);
        var path = p.Path is { } text ? PathsInTree.Parse(copy.Root, text) : TreePath.Root;
        if (!from.IsOk || !path.IsOk)
        {
            return from.IsOk ? path.Error : from.Error;
        }

        var filter = Filter(p, path.Value);
        if (!filter.IsOk)
        {
            return filter.Error;
        }

        var count = 0;
        await foreach (var item in await LogQuery.OfAsync(copy, from.Value, filter.Value, context.Progress, cancellationToken))
        {
            if (count == p.Limit)
            {
                return new LogResult(count, true);
            }

            var info = Info(copy, item.Id, item.Snapshot) with { Path = item.Path?.ToString(), Follows = item.Follows?.Select(id => id.ToString()).ToList() };
            await context.SendAsync(info, IpcJson.Default.SnapshotInfo, cancellationToken);
            count++;
        }

        return new LogResult(count, false);
    }

    private static Result<LogFilter> Filter(LogParams p, TreePath path)
    {
        var classes = new List<ChangeClass>();
        foreach (var name in p.Classes ?? [])
        {
            if (!ChangeClasses.TryParse(name, out var known))
            {
                return new Error(ErrorCodes.InvalidArgument, $"'{name}' is no class of changes.", $"There are {string.Join(", ", Enum.GetValues<ChangeClass>().Select(c => c.Text))}.");
            }

            classes.Add(known);
        }

        return new LogFilter
        {
            Path = path, Follow = p.Follow, Joined = p.Joined, Author = p.Author, Classes = classes,
            SinceSeconds = p.Since?.ToUnixTimeSeconds(), UntilSeconds = p.Until?.ToUnixTimeSeconds(),
        };
    }

    /// <summary>Describes a snapshot with what the store knows beside it.</summary>
    internal static SnapshotInfo Info(OpenCopy copy, SnapshotId id, SnapshotObject snapshot) => Describe.Snapshot(id, snapshot) with
    {
        Classes = copy.Store.Get(StoreRefs.SummariesTable, id.ToString()) is { } json ? ChangeSummary.Parse(json.Span)?.Classes : null,
    };

    private static async Task<Result<ShowResult>> ShowAsync(RequestContext context, ShowParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var id = await new Revisions(copy).ResolveAsync(p.Revision, cancellationToken);
        if (!id.IsOk)
        {
            return id.Error;
        }

        var snapshot = await copy.Graph.ReadSnapshotAsync(id.Value, cancellationToken);
        if (p.Path is { } text)
        {
            return await ShowFileAsync(context, copy, (id.Value, snapshot), text, cancellationToken);
        }

        var number = p.Parent ?? 1;
        if (p.Parent is not null && (number < 1 || number > snapshot.Parents.Length))
        {
            return new Error(ErrorCodes.InvalidArgument, $"Snapshot {id.Value.ToShortString()} has {snapshot.Parents.Length} {(snapshot.Parents.Length == 1 ? "parent" : "parents")}; there is no parent {number}.", "They count from 1, the line's own first.");
        }

        var parent = snapshot.Parents.IsEmpty ? (ContentHash?)null : (await copy.Graph.ReadSnapshotAsync(snapshot.Parents[number - 1], cancellationToken)).Root;
        var changes = await new StateDiff(copy).CompareAsync(parent, snapshot.Root, cancellationToken);
        return new ShowResult(Info(copy, id.Value, snapshot), Describe.Changes(changes, copy.Config.Current.Classifier), null, null);
    }

    private static async Task<Result<ShowResult>> ShowFileAsync(RequestContext context, OpenCopy copy, (SnapshotId Id, SnapshotObject Snapshot) at, string text, CancellationToken cancellationToken)
    {
        var path = PathsInTree.Parse(copy.Root, text);
        if (!path.IsOk)
        {
            return path.Error;
        }

        var entry = path.Value.IsRoot ? null : await copy.Graph.FindAsync(at.Snapshot.Root, path.Value, cancellationToken);
        if (entry is null || !entry.Kind.HasContent)
        {
            return new Error(ErrorCodes.UnknownPath, $"Snapshot {at.Id.ToString()[..12]} has no file '{path.Value}'.", "'wt show' without a path lists what it changed.");
        }

        await using var content = await copy.Store.OpenContentAsync(entry.Hash, cancellationToken) ?? throw new MissingObjectException(entry.Hash, "wt show");
        var buffer = new byte[PieceBytes];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await context.SendAsync(new ContentEvent(buffer[..count]), IpcJson.Default.ContentEvent, cancellationToken);
        }

        return new ShowResult(Info(copy, at.Id, at.Snapshot), [], entry.Kind.ToString().ToLowerInvariant(), (long)entry.SizeBytes);
    }

    private static async Task<Result<ReflogListResult>> ReflogAsync(RequestContext context, ReflogListParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var count = 0;
        var intact = true;
        Core.Identity.ContentHash? expected = null;
        foreach (var entry in found.Value.Copy.Store.Reflog.NewestFirst())
        {
            intact &= expected is null || expected == entry.Hash;
            expected = entry.Previous;
            if (count == (p.Limit ?? int.MaxValue))
            {
                break;
            }

            var info = new ReflogEntryInfo(
                (long)entry.Sequence, entry.Time.ToString(), entry.Operation, ReflogDetails.Parse(entry.Details)?.Cause ?? "",
                [.. entry.Changes.Select(change => new ReflogRefChange(change.Name, change.Before?.ToString(), change.After?.ToString()))]);
            await context.SendAsync(info, IpcJson.Default.ReflogEntryInfo, cancellationToken);
            count++;
        }

        var pruned = found.Value.Copy.Store.Reflog.Pruned;
        var isAtCheckpoint = pruned.Sequence > 0 && expected == pruned.Hash;
        return new ReflogListResult(count, intact, isAtCheckpoint ? new ReflogCheckpoint((long)pruned.Sequence, pruned.Hash.ToString()) : null);
    }
}
