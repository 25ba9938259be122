using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core;
using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.History;

/// <summary>What a copy's search for a fault knows so far; kept in the store until it is reset.</summary>
/// <param name="Branch">The branch that the copy was on before, and goes back to.</param>
/// <param name="Bad">A snapshot with the fault.</param>
/// <param name="Good">Snapshots without it.</param>
/// <param name="Skipped">Snapshots that could not be tried.</param>
/// <param name="Current">The snapshot to try.</param>
public sealed record BisectRecord(string Branch, string? Bad, IReadOnlyList<string> Good, IReadOnlyList<string> Skipped, string? Current);

/// <summary>Knows how the record is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BisectRecord))]
internal sealed partial class BisectJson : JsonSerializerContext;

/// <summary>
/// Looks for the first snapshot with a fault by halving what is left. The files of the snapshot to try are brought in on a line of its own,
/// <c>bisect</c>, so that the user's own line stays as it was.
/// </summary>
internal sealed class Bisection(OpenCopy copy, CopyOperations operations)
{
    /// <summary>The table of searches under way, by copy. What its rows name is kept from being collected.</summary>
    public const string Table = "bisect";

    /// <summary>The branch that the copy is on meanwhile.</summary>
    public static BranchName Line { get; } = BranchName.Parse("bisect").Value;

    private string Key => copy.Identity.CopyId.ToString();

    /// <summary>Does what was asked and says where the search stands.</summary>
    public async Task<Result<BisectResult>> RunAsync(BisectParams p, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var record = copy.Store.Get(Table, Key) is { } json ? JsonSerializer.Deserialize(json.Span, BisectJson.Default.BisectRecord) : null;
        return p.Action switch
        {
            "start" => await StartAsync(record, p.Revisions, progress, cancellationToken),
            "status" => record is null ? Nothing() : await DescribeAsync(record, progress, cancellationToken),
            "reset" => record is null ? Nothing() : await ResetAsync(record, progress, cancellationToken),
            "good" or "bad" or "skip" when record is null => new Error(ErrorCodes.InvalidArgument, "No search is under way here.", "Begin one: wt bisect start BAD GOOD"),
            "good" or "bad" or "skip" => await MarkAsync(record!, p, progress, cancellationToken),
            _ => new Error(ErrorCodes.InvalidArgument, $"'{p.Action}' is nothing that a search knows.", "start, good, bad, skip, reset or status"),
        };
    }

    private async Task<Result<BisectResult>> StartAsync(BisectRecord? running, IReadOnlyList<string> revisions, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        if (running is not null || copy.Position.Branch == Line)
        {
            return new Error("refused", "A search is under way here already.", "End it first: wt bisect reset");
        }

        if (copy.Position.Tip is null || copy.Refs.Get(StoreRefs.Branch(Line)) is not null)
        {
            return copy.Position.Tip is null
                ? new Error(ErrorCodes.UnknownRevision, "There is no snapshot yet.", "'wt snapshot' makes the first one.")
                : new Error(ErrorCodes.BranchExists, "A search needs the branch name 'bisect', and there is such a branch.", "Give yours another name: wt branch create NAME --from bisect; wt branch delete bisect");
        }

        var ids = await ResolveAsync(revisions, cancellationToken);
        return ids.IsOk
            ? await GoOnAsync(new BisectRecord(copy.Position.Branch.Text, ids.Value is [var bad, ..] ? bad : null, [.. ids.Value.Skip(1)], [], null), progress, cancellationToken)
            : ids.Error;
    }

    private async Task<Result<BisectResult>> MarkAsync(BisectRecord record, BisectParams p, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        if (p.Revisions.Count == 0 && record.Current is { } tried && copy.Position.Branch != Line)
        {
            return new Error("refused", $"This working copy is on branch '{copy.Position.Branch}', not at the snapshot to try, {tried[..12]}.", $"Name the snapshot you tried (wt bisect {p.Action} {tried[..12]}), or end the search: wt bisect reset");
        }

        // Without a name it is the snapshot that was brought in to be tried; before the first, the line's tip.
        var ids = p.Revisions.Count > 0 ? await ResolveAsync(p.Revisions, cancellationToken) : new[] { record.Current ?? copy.Position.Tip!.Value.ToString() };
        if (!ids.IsOk)
        {
            return ids.Error;
        }

        if (p.Action == "bad" && ids.Value.Count != 1)
        {
            return new Error(ErrorCodes.InvalidArgument, "One snapshot is bad: the one known nearest to the first.", "wt bisect bad REVISION");
        }

        var marked = p.Action switch
        {
            "bad" => record with { Bad = ids.Value[0] },
            "good" => record with { Good = [.. record.Good.Union(ids.Value)] },
            _ => record with { Skipped = [.. record.Skipped.Union(ids.Value)] },
        };
        return await GoOnAsync(marked, progress, cancellationToken);
    }

    /// <summary>Writes down what is known, and brings in the next snapshot to try.</summary>
    private async Task<Result<BisectResult>> GoOnAsync(BisectRecord record, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var (index, step) = await NextAsync(record, progress, cancellationToken);
        if (step is BisectStep.Contradiction contradiction)
        {
            return new Error("refused", $"Snapshot {index.IdOf(contradiction.Good).ToString()[..12]} is said to be good and descends from one that is bad: a search finds where something broke, not where it was mended.", "Swap what you call good and bad, or end the search: wt bisect reset");
        }

        record = record with { Current = step is BisectStep.Try next ? index.IdOf(next.Number).ToString() : null };
        await using (var transaction = copy.Store.Begin())
        {
            transaction.Put(Table, Key, JsonSerializer.SerializeToUtf8Bytes(record, BisectJson.Default.BisectRecord));
            await transaction.CommitAsync(cancellationToken);
        }

        if (record.Current is { } current)
        {
            var stood = await operations.StandAtAsync(Line, SnapshotId.Parse(current), "bisect", $"trying {current[..12]}", progress, cancellationToken);
            if (!stood.IsOk)
            {
                return stood.Error;
            }
        }

        return await DescribeAsync(record, index, step, cancellationToken);
    }

    private async Task<Result<BisectResult>> ResetAsync(BisectRecord record, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        if (copy.Position.Branch == Line)
        {
            var back = await operations.SwitchAsync(BranchName.Parse(record.Branch).Value, progress, cancellationToken);
            if (!back.IsOk)
            {
                return back.Error;
            }
        }

        await using var transaction = copy.Store.Begin();
        var line = StoreRefs.Line(copy.Identity.CopyId, Line);
        if (copy.Refs.Get(line) is { } tip)
        {
            StoreRefs.Move(transaction, line, tip, null);
            LineMoves.Log(transaction, copy, "bisect", "ended", line, tip, null);
        }

        transaction.Delete(StoreRefs.QueueTable, StoreRefs.StageEntry(copy.Identity.CopyId, Line));
        transaction.Delete(Table, Key);
        await transaction.CommitAsync(cancellationToken);
        return Nothing();
    }

    private async Task<Result<IReadOnlyList<string>>> ResolveAsync(IReadOnlyList<string> revisions, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (var text in revisions)
        {
            var id = await new Revisions(copy).ResolveAsync(text, cancellationToken);
            if (!id.IsOk)
            {
                return id.Error;
            }

            ids.Add(id.Value.ToString());
        }

        return ids;
    }

    private async Task<(HistoryIndex Index, BisectStep? Step)> NextAsync(BisectRecord record, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        SnapshotId[] known = [.. record.Good.Concat(record.Skipped).Append(record.Bad).OfType<string>().Select(SnapshotId.Parse)];
        var index = await StoreHistory.Of(copy.Store).ReachAsync(known, progress, cancellationToken);
        if (record.Bad is null || record.Good.Count == 0)
        {
            return (index, null);
        }

        int Number(string id) => index.Find(SnapshotId.Parse(id));
        return (index, BisectSearch.Next(index, new BisectFacts(Number(record.Bad), [.. record.Good.Select(Number)], record.Skipped.Select(Number).ToHashSet())));
    }

    private async Task<Result<BisectResult>> DescribeAsync(BisectRecord record, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var (index, step) = await NextAsync(record, progress, cancellationToken);
        return await DescribeAsync(record, index, step, cancellationToken);
    }

    private async Task<Result<BisectResult>> DescribeAsync(BisectRecord record, HistoryIndex index, BisectStep? step, CancellationToken cancellationToken)
    {
        var result = new BisectResult("waiting", null, 0, 0, record.Bad, record.Good, record.Skipped, null, []);
        return step switch
        {
            BisectStep.Try next => result with { State = "searching", Current = await InfoAsync(index.IdOf(next.Number), cancellationToken), Remaining = next.Remaining, Steps = next.Steps },
            BisectStep.Found found => result with { State = "found", First = await InfoAsync(index.IdOf(found.Number), cancellationToken), Remaining = 1 },
            BisectStep.Undecided left => result with { State = "undecided", Remaining = left.Suspects.Count, Suspects = [.. left.Suspects.Select(number => index.IdOf(number).ToString())] },
            _ => result,
        };
    }

    private async ValueTask<SnapshotInfo> InfoAsync(SnapshotId id, CancellationToken cancellationToken) =>
        Ipc.Describe.Snapshot(id, await copy.Graph.ReadSnapshotAsync(id, cancellationToken));

    private static BisectResult Nothing() => new("none", null, 0, 0, null, [], [], null, []);
}
