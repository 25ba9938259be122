using Google.Protobuf;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Transfer;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Grpc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Pushing;

/// <summary>Tells what a push sent.</summary>
internal sealed record Pushed(PushIntent Intent, long BytesSent);

/// <summary>
/// Carries a push out: negotiate, upload, ask the server to move the branch from what we saw to what we made. The server
/// alone decides. After its acknowledgement the branch, <c>branch@server</c> and the line move in one transaction.
/// </summary>
internal sealed class PushOperation(OpenCopy copy, ServerConnection server, TreeBinding binding, SecretGate secrets)
{
    /// <summary>Each retry means that a fetch has just succeeded; more than a few in a row are a defect to be seen.</summary>
    private const int MostSettlements = 10;

    /// <summary>Finishes a push. The turn must not be held: it is taken for the last step only, so that work goes on during the upload.</summary>
    public async Task<Result<Pushed>> RunAsync(PushIntent intent, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var branch = BranchName.Parse(intent.Branch).Value;
        var pushed = await SendAsync(branch, intent, progress, cancellationToken);

        // Refused at whichever step: who was told no must not find the push made later, when the rights are back.
        if (!pushed.IsOk && !ServerErrors.IsPassing(pushed.Error))
        {
            await DropAsync(branch, cancellationToken);
        }

        return pushed;
    }

    private async Task<Result<Pushed>> SendAsync(BranchName branch, PushIntent intent, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var newHead = SnapshotId.Parse(intent.NewHead);
        var common = await Negotiation.CommonAsync(server, binding.Ref, copy.Graph, [newHead], cancellationToken);
        if (!common.IsOk)
        {
            return common.Error;
        }

        // Looked at again, since the server has the last word on what it lacks, and settings may have changed while the push waited.
        var held = await secrets.ReadAsync(newHead, common.Value.Contains, null, cancellationToken);
        if (!held.IsClear)
        {
            return await secrets.RefuseAsync(branch, SnapshotId.Parse(intent.Tip), held, cancellationToken);
        }

        var uploaded = await new Uploader(server, copy.Store).SendAsync(binding.Ref, newHead, common.Value, progress, cancellationToken);
        if (!uploaded.IsOk)
        {
            return uploaded.Error;
        }

        var request = new PushRequest
        {
            Tree = binding.Ref,
            Branch = intent.Branch,
            ExpectedHead = intent.ExpectedHead is { } expected ? Bytes(SnapshotId.Parse(expected)) : ByteString.Empty,
            NewHead = Bytes(newHead),
            Session = uploaded.Value.Session,
            RequestId = intent.RequestId,
            CopyId = copy.Identity.Copy,
        };
        var reply = await server.CallAsync(options => server.Sync.PushAsync(request, options), cancellationToken);
        if (!reply.IsOk)
        {
            return reply.Error;
        }

        await SettleAsync(branch, intent, newHead, cancellationToken);
        return new Pushed(intent, uploaded.Value.Bytes);
    }

    /// <summary>Takes the acknowledged push over: nothing after this step can forget that the server has it.</summary>
    private async Task SettleAsync(BranchName branch, PushIntent intent, SnapshotId newHead, CancellationToken cancellationToken)
    {
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SettleOnceAsync(branch, intent, newHead, cancellationToken);
                return;
            }
            catch (MetaConflictException) when (attempt < MostSettlements)
            {
                // A fetch takes no turn: it wrote what the server has between our reading and writing. Read anew.
            }
        }
    }

    private async Task SettleOnceAsync(BranchName branch, PushIntent intent, SnapshotId newHead, CancellationToken cancellationToken)
    {
        var id = copy.Identity.CopyId;
        if (new SyncTables(copy.Store).Push(id, branch)?.RequestId != intent.RequestId)
        {
            return; // The command and the background both finish a push that is begun; whoever came first has settled it.
        }

        var line = copy.Refs.LineOf(id, branch);
        await using var transaction = copy.Store.Begin();
        var newLine = line == SnapshotId.Parse(intent.Tip) ? newHead : await CarryOverAsync(transaction, line, SnapshotId.Parse(intent.Tip), newHead, cancellationToken);
        StoreRefs.Move(transaction, StoreRefs.Server(branch), copy.Refs.Get(StoreRefs.Server(branch)), newHead);
        StoreRefs.Move(transaction, StoreRefs.Branch(branch), copy.Refs.Get(StoreRefs.Branch(branch)), newHead);
        StoreRefs.Move(transaction, StoreRefs.Line(id, branch), copy.Refs.Get(StoreRefs.Line(id, branch)), newLine);
        SyncTables.ClearPush(transaction, id, branch);
        LineMoves.Log(transaction, copy, "push", $"to {binding.Owner}/{binding.Name}, {intent.Pushed} snapshots, {intent.Folded} folded", StoreRefs.Line(id, branch), line, newLine);
        await transaction.CommitAsync(cancellationToken);
        if (copy.Position.Branch == branch)
        {
            copy.Position = copy.Position with { Tip = newLine };
        }
    }

    /// <summary>
    /// Work that was recorded during the upload stands on the pushed history from here on: its state as one snapshot, with
    /// whatever was merged meanwhile as further parents.
    /// </summary>
    private async Task<SnapshotId> CarryOverAsync(StoreTransaction transaction, SnapshotId? line, SnapshotId pushedTip, SnapshotId newHead, CancellationToken cancellationToken)
    {
        if (line is not { } tip)
        {
            return newHead;
        }

        var latest = await copy.Graph.ReadSnapshotAsync(tip, cancellationToken);
        var merged = new List<SnapshotId>();
        var at = latest;
        for (var id = tip; id != pushedTip && at.Parents.Length > 0; at = await copy.Graph.ReadSnapshotAsync(id, cancellationToken))
        {
            merged.AddRange(at.Parents.Skip(1));
            id = at.Parents[0];
        }

        var carried = latest with
        {
            Parents = [newHead, .. merged.Where(id => id != newHead).Distinct()],
            Kind = merged.Count > 0 ? SnapshotKind.Merge : SnapshotKind.Auto,
        };
        return await transaction.WriteSnapshotAsync(carried, cancellationToken);
    }

    /// <summary>A push that the server refused for good is no longer waited for.</summary>
    private async Task DropAsync(BranchName branch, CancellationToken cancellationToken)
    {
        await using var transaction = copy.Store.Begin();
        SyncTables.ClearPush(transaction, copy.Identity.CopyId, branch);
        await transaction.CommitAsync(cancellationToken);
    }

    private static ByteString Bytes(SnapshotId id) => ByteString.CopyFrom(id.Hash.ToArray());
}
