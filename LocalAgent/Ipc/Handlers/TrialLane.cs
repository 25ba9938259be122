using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Export;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>A merge that was asked for, its revisions resolved.</summary>
/// <param name="Base">The base, where the asker chose it.</param>
/// <param name="Ours">Our side.</param>
/// <param name="Theirs">Their side.</param>
/// <param name="Labels">How markers name the sides.</param>
internal sealed record TrialQuestion(SnapshotId? Base, SnapshotId Ours, SnapshotId Theirs, MergeLabels Labels);

/// <summary>Does one trial merge after the other. Not thread safe; lanes share the directories that were read.</summary>
internal sealed class TrialLane
{
    private readonly TrialObjects _objects;
    private readonly SnapshotMerge _merge;
    private readonly GitObjectIds _ids;
    private readonly IHistory _history;

    public TrialLane(OpenCopy copy, HistoryIndex index, RecentDirectories directories, IReadOnlyDictionary<ContentHash, GitId> names)
    {
        _objects = new TrialObjects(copy.Graph, copy.Store, directories);
        _history = new IndexedHistory(index, new StoredHistory(copy.Graph));
        _merge = new SnapshotMerge(_history, _objects);
        _ids = new GitObjectIds(new TrialInput(_objects, copy.Store), null) { Known = names };
    }

    /// <summary>Merges, or tells why not.</summary>
    public async ValueTask<TrialMergeEvent> MergeAsync(TrialQuestion asked, CancellationToken cancellationToken)
    {
        _objects.Forget();
        var merged = asked.Base is { } before
            ? await _merge.MergeAgainstAsync((await _history.FindAsync(before, cancellationToken))?.Root, asked.Ours, asked.Theirs, asked.Labels, cancellationToken)
            : await _merge.MergeAsync(asked.Ours, asked.Theirs, asked.Labels, cancellationToken);
        return merged.IsOk
            ? new TrialMergeEvent(merged.Value is TreeMergeOutcome.Clean, merged.Value.Root.ToString(), await GitTreeAsync(merged.Value.Root, cancellationToken), Describe.Conflicts(merged.Value.AllConflicts))
            : Refusal(merged.Error);
    }

    public static TrialMergeEvent Refusal(Error error) => new(null, null, null, null, new ErrorInfo(error.Code, error.Message, error.Hint));

    private async ValueTask<string?> GitTreeAsync(ContentHash root, CancellationToken cancellationToken)
    {
        try
        {
            return (await _ids.TreeAsync(root, cancellationToken)).ToString();
        }
        catch (GitRefusalException)
        {
            // A nested tree, something sealed: git has no tree for it.
            return null;
        }
    }
}
