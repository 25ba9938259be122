using System.Collections.Immutable;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Branches;

/// <summary>What a user wants done with recorded conflicts.</summary>
/// <param name="Paths">Files and folders; empty for all conflicts.</param>
/// <param name="Answer">Whose version to take; null to keep what stands there and call it answered.</param>
internal sealed record ResolveRequest(IReadOnlyList<TreePath> Paths, ConflictAnswer? Answer);

/// <summary>What came of it.</summary>
internal sealed record ResolveOutcome(SnapshotId Tip, IReadOnlyList<Conflict> Resolved, IReadOnlyList<Conflict> Remaining, int FilesChanged, SnapshotId? SavedAs);

/// <summary>Answers conflicts that the line's tip records, in a new snapshot.</summary>
internal sealed class LineResolve(OpenCopy copy, SnapshotRecorder recorder, LineCheckout checkout)
{
    /// <summary>Resolves. Everything unsaved must be in the tip. The turn must be held.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="request">What to do.</param>
    /// <param name="before">The conflicts before the unsaved work was saved: editing a file may have answered some.</param>
    /// <param name="saved">The snapshot that was made first.</param>
    /// <param name="progress">Hears of each few files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Result<ResolveOutcome>> ResolveAsync(
        TurnLock.Turn turn, ResolveRequest request, ImmutableArray<Conflict> before, SavedWork saved, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var tip = copy.Position.Tip!.Value;
        var snapshot = await copy.Graph.ReadSnapshotAsync(tip, cancellationToken);
        var selected = snapshot.Conflicts.Where(conflict => IsSelected(request, conflict)).ToList();
        var edited = before.Where(conflict => IsSelected(request, conflict) && !snapshot.Conflicts.Contains(conflict)).ToList();
        if (selected.Count == 0)
        {
            return edited.Count > 0
                ? new ResolveOutcome(tip, edited, snapshot.Conflicts, 0, saved.Id)
                : new Error(ErrorCodes.UnknownPath, request.Paths.Count == 0 ? "There is no conflict to resolve." : $"There is no conflict at '{request.Paths[0]}'.", "'wt resolve' lists the conflicts.");
        }

        SnapshotObject made;
        await using (var transaction = copy.Store.Begin())
        {
            var root = await AnswerAllAsync(MergeContents.Objects(copy, transaction), snapshot.Root, selected, request.Answer, cancellationToken);
            if (!root.IsOk)
            {
                return root.Error;
            }

            var how = request.Answer is { } answer ? $"took {answer.ToString().ToLowerInvariant()}" : "kept as they stand";
            made = recorder.Compose(
                new SnapshotRequest(SnapshotKind.Manual, null, "wt resolve"), root.Value, [tip], [.. snapshot.Conflicts.Except(selected)], $"Resolve {selected.Count} conflicts: {how}");
            await transaction.WriteSnapshotAsync(made, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var moved = await new LineAdvance(copy, checkout).MoveToNewAsync(turn, recorder, ("resolve", $"resolved {selected.Count} conflicts"), made, saved.Operation, progress, cancellationToken);
        return moved.Map(files => new ResolveOutcome(made.Id, [.. selected, .. edited], made.Conflicts, files, saved.Id));
    }

    private static bool IsSelected(ResolveRequest request, Conflict conflict) => request.Paths.Count == 0 || request.Paths.Any(conflict.Path.IsAtOrBelow);

    private static async Task<Result<ContentHash>> AnswerAllAsync(IMergeObjects objects, ContentHash root, List<Conflict> selected, ConflictAnswer? answer, CancellationToken cancellationToken)
    {
        // A path may disagree in several ways, as in content and mode: its versions are the same, so one answer serves all.
        foreach (var conflict in selected.DistinctBy(conflict => conflict.Path))
        {
            if (answer is { } given)
            {
                var answered = await new ConflictResolution(objects).AnswerAsync(root, conflict, given, cancellationToken);
                if (!answered.IsOk)
                {
                    return answered.Error;
                }

                root = answered.Value;
            }
            else if (await HoldsMarkersAsync(objects, root, conflict.Path, cancellationToken))
            {
                return new Error("still_marked", $"'{conflict.Path}' still holds conflict markers.", "Edit it until the markers are gone, or take a side with 'wt resolve --take'.");
            }
        }

        return root;
    }

    private static async Task<bool> HoldsMarkersAsync(IMergeObjects objects, ContentHash root, TreePath path, CancellationToken cancellationToken)
    {
        var at = root;
        DirectoryEntry? found = null;
        foreach (var name in path.Names())
        {
            found = (await objects.ReadDirectoryAsync(at, cancellationToken)).Find(name);
            if (found is null)
            {
                return false;
            }

            at = found.Hash;
        }

        return found is { Kind.IsFile: true }
            && await objects.ReadContentAsync(found.Hash, ConflictAnswers.MaxTextBytes, cancellationToken) is { } text
            && ConflictAnswers.HasMarkers(text.Span);
    }
}
