using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Git.Export;
using W0rktree.LocalAgent.Git.Import;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>Merges snapshots in memory, as <c>wt merge</c> would, and names the git tree of each result. One merge at a time.</summary>
internal sealed class TrialMerges
{
    private readonly Revisions _revisions;
    private readonly TrialObjects _objects;
    private readonly SnapshotMerge _merge;
    private readonly GitObjectIds _ids;
    private readonly IHistory _history;

    private TrialMerges(OpenCopy copy)
    {
        _revisions = new Revisions(copy);
        _objects = new TrialObjects(copy.Graph, copy.Store);
        _history = new StoredHistory(copy.Graph);
        _merge = new SnapshotMerge(_history, _objects);
        _ids = new GitObjectIds(new TrialInput(_objects, copy.Store), null);
    }

    /// <summary>Prepares merges in a copy's store.</summary>
    public static async Task<TrialMerges> CreateAsync(OpenCopy copy, CancellationToken cancellationToken) =>
        new(copy) { _ids = { Known = await GitNames.LoadAsync(copy.Store, cancellationToken) } };

    /// <summary>Merges, or tells why not.</summary>
    public async ValueTask<TrialMergeEvent> MergeAsync(TrialMerge trial, CancellationToken cancellationToken)
    {
        var ours = await _revisions.ResolveAsync(trial.Ours, cancellationToken);
        var theirs = await _revisions.ResolveAsync(trial.Theirs, cancellationToken);
        var before = trial.Base is null ? ours : await _revisions.ResolveAsync(trial.Base, cancellationToken);
        if (!ours.IsOk || !theirs.IsOk || !before.IsOk)
        {
            return Refusal(!ours.IsOk ? ours.Error : !theirs.IsOk ? theirs.Error : before.Error);
        }

        _objects.Forget();
        var labels = new MergeLabels(trial.Ours, "base", trial.Theirs);
        var merged = trial.Base is null
            ? await _merge.MergeAsync(ours.Value, theirs.Value, labels, cancellationToken)
            : await _merge.MergeAgainstAsync((await _history.FindAsync(before.Value, cancellationToken))?.Root, ours.Value, theirs.Value, labels, cancellationToken);
        return merged.IsOk
            ? new TrialMergeEvent(merged.Value is TreeMergeOutcome.Clean, merged.Value.Root.ToString(), await GitTreeAsync(merged.Value.Root, cancellationToken), Describe.Conflicts(merged.Value.AllConflicts))
            : Refusal(merged.Error);
    }

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

    private static TrialMergeEvent Refusal(Error error) => new(null, null, null, null, new ErrorInfo(error.Code, error.Message, error.Hint));
}
