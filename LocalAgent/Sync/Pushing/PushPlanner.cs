using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Sync.Pushing;

/// <summary>Decides what a push offers, and writes the decision down together with the snapshots that the folding made.</summary>
internal sealed class PushPlanner(OpenCopy copy, SecretGate secrets)
{
    /// <summary>Plans a push of a branch's line. Null: the server has everything.</summary>
    public async Task<Result<PushIntent?>> PlanAsync(BranchName branch, SnapshotId tip, string? message, bool keepAll, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var tables = new SyncTables(copy.Store);
        var onServer = copy.Refs.Get(StoreRefs.Server(branch));
        if (tables.Push(copy.Identity.CopyId, branch) is { } begun && begun.Tip == tip.ToString() && begun.ExpectedHead == onServer?.ToString())
        {
            return begun;
        }

        var known = await ServerHistory.KnownAsync(copy, cancellationToken);
        var held = await secrets.ReadAsync(tip, known.Contains, progress, cancellationToken);
        if (held.AtTip.Count > 0 || (keepAll && !held.IsClear))
        {
            return await secrets.RefuseAsync(branch, tip, held, cancellationToken);
        }

        var words = new Words(copy, message, held);
        var plan = await PushFolding.PlanAsync(copy.Graph, tip, known.Contains, keepAll, words, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Error;
        }

        var newHead = plan.Value?.NewTip ?? tip;
        if (newHead == onServer || (plan.Value is null && onServer is not null))
        {
            return (PushIntent?)null;
        }

        var intent = new PushIntent
        {
            Branch = branch.Text,
            Tip = tip.ToString(),
            NewHead = newHead.ToString(),
            ExpectedHead = onServer?.ToString(),
            RequestId = copy.Entropy.DrawId(),
            Pushed = plan.Value?.Pushed ?? 0,
            Folded = plan.Value?.Folded ?? 0,
            MessageUsed = message is null ? null : words.IsUsed,
            At = copy.Time.GetUtcNow(),
        };
        await using var transaction = copy.Store.Begin();
        foreach (var created in plan.Value?.Created ?? [])
        {
            await transaction.WriteSnapshotAsync(created, cancellationToken);
        }

        SyncTables.SetPush(transaction, copy.Identity.CopyId, branch, intent);
        await transaction.CommitAsync(cancellationToken);
        return intent;
    }

    private sealed class Words(OpenCopy copy, string? message, HeldLine held) : IPushWords
    {
        public bool IsUsed { get; private set; }

        public async ValueTask<string> DescribeAsync(ContentHash? baseRoot, ContentHash newRoot, CancellationToken cancellationToken)
        {
            IsUsed = true;
            return message ?? ChangeSummary.Of(await DirectoryDiff.CompareAsync(copy.Graph, baseRoot, newRoot, cancellationToken), copy.Config.Current.Classifier).ToMessage();
        }

        public bool MustFold(SnapshotId id) => held.IsHeld(id);

        public ReadOnlyMemory<byte> DrawSalt()
        {
            var salt = new byte[Withholdable.SaltBytes];
            copy.Entropy.Fill(salt);
            return salt;
        }
    }
}
