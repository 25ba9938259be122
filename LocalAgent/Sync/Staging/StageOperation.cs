using Google.Protobuf;
using W0rktree.Core;
using W0rktree.Core.Classification;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Transfer;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Sync.Staging;

/// <summary>Remembers what the server acknowledged as staged.</summary>
public sealed record StagedRecord(string Snapshot, DateTimeOffset At, long Sequence);

/// <summary>Tells what staging came to.</summary>
/// <param name="StagedAt">When the server acknowledged it, by its clock; null where there was nothing to show.</param>
/// <param name="Overlaps">Who touches the same paths.</param>
/// <param name="Held">What was held back from it.</param>
internal sealed record StageOutcome(DateTimeOffset? StagedAt, IReadOnlyCollection<Overlap> Overlaps, IReadOnlyList<HeldPath> Held);

/// <summary>Puts the tip of a line before the team. The queue's entry goes in the same transaction as the record of the acknowledgement.</summary>
internal sealed class StageOperation(OpenCopy copy, ServerConnection server, TreeBinding binding, SecretGate secrets)
{
    /// <summary>As sync.proto says.</summary>
    private const int MaxChanges = 10_000;

    private readonly SyncTables _tables = new(copy.Store);

    /// <summary>Stages one queued snapshot.</summary>
    public async Task<Result<StageOutcome>> RunAsync(QueuedStage queued, CancellationToken cancellationToken)
    {
        var onServer = copy.Refs.Get(StoreRefs.Server(queued.Branch));
        if (onServer == queued.Snapshot)
        {
            // It was pushed meanwhile: the branch's history shows it.
            await ForgetAsync(queued, null, cancellationToken);
            return new StageOutcome(null, [], []);
        }

        var common = await Negotiation.CommonAsync(server, binding.Ref, copy.Graph, [queued.Snapshot], cancellationToken);
        if (!common.IsOk)
        {
            await secrets.NoteAsync(queued.Branch, queued.Snapshot, (await ServerHistory.KnownAsync(copy, cancellationToken)).Contains, cancellationToken);
            return common.Error;
        }

        var standsOn = onServer is { } head ? (await Ancestry.MergeBasesAsync(copy.Graph, queued.Snapshot, head, cancellationToken)).FirstOrDefault() : await ForkAsync(queued.Snapshot, cancellationToken);
        var shown = await secrets.ShowAsync(queued.Branch, queued.Snapshot, await SharedAsync(queued.Snapshot, standsOn, common.Value, cancellationToken), common.Value.Contains, cancellationToken);
        var uploaded = await new Uploader(server, copy.Store).SendAsync(binding.Ref, shown.Shown, common.Value, null, cancellationToken);
        if (!uploaded.IsOk)
        {
            return uploaded.Error;
        }

        var sequence = (_tables.Staged(copy.Identity.CopyId, queued.Branch)?.Sequence ?? 0) + 1;
        var request = await RequestAsync(queued.Branch, shown.Shown, standsOn, sequence, uploaded.Value.Session, cancellationToken);
        var reply = await server.CallAsync(options => server.Sync.StageAsync(request, options), cancellationToken);
        if (!reply.IsOk)
        {
            return reply.Error;
        }

        var at = DateTimeOffset.FromUnixTimeMilliseconds(reply.Value.StagedUnixMs);
        await ForgetAsync(queued, new StagedRecord(shown.Shown.ToString(), at, sequence), cancellationToken);
        return new StageOutcome(at, reply.Value.Overlaps, shown.Held);
    }

    /// <summary>
    /// Finds where a line whose branch the server does not have yet left a branch that it has: against nothing, everything would be new,
    /// meet everybody's work, and show itself to who may not read what was really changed.
    /// </summary>
    private async Task<SnapshotId> ForkAsync(SnapshotId tip, CancellationToken cancellationToken)
    {
        var known = await ServerHistory.KnownAsync(copy, cancellationToken);
        await foreach (var (id, _) in Ancestry.WalkAsync(copy.Graph, known.Count > 0 ? [tip] : [], cancellationToken))
        {
            if (known.Contains(id))
            {
                return id;
            }
        }

        return default;
    }

    /// <summary>Gives the last state that the server has of a line: what it stands on, else the nearest ancestor that the server has.</summary>
    private async Task<SnapshotId?> SharedAsync(SnapshotId tip, SnapshotId standsOn, HashSet<SnapshotId> common, CancellationToken cancellationToken)
    {
        if (common.Contains(standsOn))
        {
            return standsOn;
        }

        await foreach (var (id, _) in Ancestry.WalkAsync(copy.Graph, common.Count > 0 ? [tip] : [], cancellationToken))
        {
            if (common.Contains(id))
            {
                return id;
            }
        }

        return null;
    }

    private async Task<StageRequest> RequestAsync(BranchName branch, SnapshotId shown, SnapshotId standsOn, long sequence, ByteString session, CancellationToken cancellationToken)
    {
        var before = standsOn.IsZero ? (ContentHash?)null : (await copy.Graph.ReadSnapshotAsync(standsOn, cancellationToken)).Root;
        var tip = await copy.Graph.ReadSnapshotAsync(shown, cancellationToken);
        var changes = ExactRenames.Join(await DirectoryDiff.CompareAsync(copy.Graph, before, tip.Root, cancellationToken));
        var request = new StageRequest
        {
            Tree = binding.Ref,
            Snapshot = ByteString.CopyFrom(shown.Hash.ToArray()),
            Branch = branch.Text,
            Base = standsOn.IsZero ? ByteString.Empty : ByteString.CopyFrom(standsOn.Hash.ToArray()),
            CopyId = copy.Identity.Copy,
            Sequence = (ulong)sequence,
            Session = session,
            Truncated = changes.Count > MaxChanges,
        };
        request.Changes.AddRange(changes.Take(MaxChanges).Select(change => Describe(change, copy.Config.Current.Classifier)));
        return request;
    }

    private static ChangedPath Describe(PathChange change, ChangeClassifier classifier) => new()
    {
        Path = ByteString.CopyFrom(change.Path.Bytes),
        Change = change.Type.Text,
        ChangeClass = classifier.Classify(change.Path.Bytes).Text,
        OldHash = change.Old is { } old ? ByteString.CopyFrom(old.Hash.ToArray()) : ByteString.Empty,
        NewHash = change.New is { } now ? ByteString.CopyFrom(now.Hash.ToArray()) : ByteString.Empty,
        OldPath = change.OldPath is { } from ? ByteString.CopyFrom(from.Bytes) : ByteString.Empty,
    };

    private async Task ForgetAsync(QueuedStage queued, StagedRecord? staged, CancellationToken cancellationToken)
    {
        await using var transaction = copy.Store.Begin();

        // A newer snapshot may have taken the entry over while this one was on its way: then the entry stays.
        if (copy.Store.Get(SyncTables.Queue, queued.Key) is { } value && value.Span.SequenceEqual(StoreRefs.ToBytes(queued.Snapshot)))
        {
            transaction.Delete(SyncTables.Queue, queued.Key, StoreRefs.ToBytes(queued.Snapshot));
        }

        if (staged is not null)
        {
            SyncTables.SetStaged(transaction, copy.Identity.CopyId, queued.Branch, staged);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
