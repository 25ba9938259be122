using W0rktree.Grains.Abstractions.Events;
using W0rktree.Protocol.Grpc;
using Happened = W0rktree.Grains.Abstractions.Events.TreeEvent;
using TreeEvent = W0rktree.Protocol.Grpc.TreeEvent;

namespace W0rktree.Silo.Front;

/// <summary>Writes events as messages.</summary>
internal static class EventMessages
{
    /// <summary>Writes one event.</summary>
    public static TreeEvent Describe(Happened happened)
    {
        var sent = new TreeEvent { Sequence = (ulong)happened.Sequence, UnixMs = happened.At.ToUnixTimeMilliseconds() };
        switch (happened.Kind)
        {
            case EventKind.BranchMoved or EventKind.BranchDeleted:
                sent.BranchMoved = new BranchMoved
                {
                    Branch = happened.Branch.Text,
                    OldHead = Wire.Bytes(happened.Before),
                    NewHead = Wire.Bytes(happened.Snapshot),
                    By = happened.AccountSlug,
                    Deleted = happened.Kind == EventKind.BranchDeleted,
                };
                break;
            case EventKind.Staged or EventKind.StagedEnded:
                sent.Staged = Staged(happened);
                break;
            case EventKind.Overlap:
                sent.Overlap = new OverlapWarning { Branch = happened.Branch.Text, CopyId = happened.Copy.ToString() };
                sent.Overlap.Overlaps.AddRange(StagingMessages.Describe(happened.Overlap!));
                break;
            default:
                throw new InvalidOperationException($"Unknown event {happened.Kind}.");
        }

        return sent;
    }

    /// <summary>Writes staged work without its paths: ListStaged gives them to whoever wants to see them.</summary>
    private static StagedEntry Staged(Happened happened) => new()
    {
        AccountId = happened.Account.ToString(),
        Account = happened.AccountSlug,
        CopyId = happened.Copy.ToString(),
        Branch = happened.Branch.Text,
        Snapshot = Wire.Bytes(happened.Snapshot),
        Base = Wire.Bytes(happened.Before),
        StagedUnixMs = happened.At.ToUnixTimeMilliseconds(),
        State = StagingMessages.TextOf(happened.State),
        Truncated = happened.PathCount > 0,
        ChangeCount = (ulong)happened.PathCount,
    };
}
