using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Front;

/// <summary>Staged work and pushes.</summary>
internal sealed partial class SyncService
{
    // Of one entry in a list; who wants all of a large one fetches the snapshot.
    private const int MaxListedPaths = 1_000;

    /// <inheritdoc/>
    public override async Task<StageReply> Stage(StageRequest request, ServerCallContext context)
    {
        var stage = new StageSnapshot
        {
            Copy = Wire.CopyOrNone(request.CopyId),
            Branch = Wire.Branch(request.Branch),
            Base = Wire.SnapshotOrNone(request.Base),
            Snapshot = Wire.Snapshot(request.Snapshot),
            Sequence = request.Sequence <= long.MaxValue ? (long)request.Sequence : throw Replies.Invalid("The sequence is too large."),
        };

        // What the client says it changed is not needed: the server computes it from the two snapshots.
        var outcome = (await Staging(Wire.Tree(request.Tree)).StageAsync(stage, context.CancellationToken)).OrRefuse();
        var reply = new StageReply { StagedUnixMs = outcome.Staged.UpdatedAt.ToUnixTimeMilliseconds() };
        reply.Overlaps.AddRange(outcome.Overlaps.SelectMany(StagingMessages.Describe));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ListStagedReply> ListStaged(ListStagedRequest request, ServerCallContext context)
    {
        var from = 0;
        if (request.PageToken.Length > 0 && !int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            throw Replies.Invalid("That is not a page's token.");
        }

        var staging = Staging(Wire.Tree(request.Tree));
        var page = (await staging.ListAsync(new StagedQuery { From = from, IncludeEnded = request.IncludeEnded }, context.CancellationToken)).OrRefuse();
        var reply = new ListStagedReply { Sequence = (ulong)page.EventSequence, NextPageToken = page.Next == 0 ? "" : page.Next.ToString(CultureInfo.InvariantCulture) };
        foreach (var view in page.Entries)
        {
            var entry = StagingMessages.Describe(view);
            if (view.State == StagedState.Staged)
            {
                await AddPathsAsync(staging, view, entry, context.CancellationToken);
            }

            reply.Entries.Add(entry);
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ClearStagedReply> ClearStaged(ClearStagedRequest request, ServerCallContext context)
    {
        var key = new StagedKey { Copy = Wire.CopyOrNone(request.CopyId), Branch = request.Branch.Length == 0 ? default : Wire.Branch(request.Branch) };
        var outcome = (await Staging(Wire.Tree(request.Tree)).ClearAsync(key, context.CancellationToken)).OrRefuse();
        return new ClearStagedReply { Cleared = (uint)outcome.Cleared };
    }

    /// <inheritdoc/>
    public override async Task<PushReply> Push(PushRequest request, ServerCallContext context)
    {
        var name = Wire.Branch(request.Branch);
        var push = new PushBranch
        {
            Name = name,
            Expected = Wire.SnapshotOrNone(request.ExpectedHead),
            Head = Wire.Snapshot(request.NewHead),
            Copy = Wire.CopyOrNone(request.CopyId),
            RequestId = request.RequestId.Length <= 64 ? request.RequestId : throw Replies.Invalid("A request's id has at most 64 characters."),
        };
        var branch = grains.GetGrain<IBranchGrain>(GrainKeys.Branch(Wire.Tree(request.Tree), name));
        var outcome = (await branch.PushAsync(push, context.CancellationToken)).OrRefuse();
        return new PushReply { Head = Wire.Bytes(outcome.Head), Version = outcome.Version };
    }

    private IStagingAggregatorGrain Staging(TreeAddress tree) => grains.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree));

    private static async Task AddPathsAsync(IStagingAggregatorGrain staging, StagedView view, StagedEntry entry, CancellationToken cancellationToken)
    {
        var key = new StagedKey { Copy = view.Copy, Branch = view.Branch };
        var from = 0;
        do
        {
            var paths = await staging.ListPathsAsync(new StagedPathQuery { Account = view.Account, Key = key, From = from }, cancellationToken);
            if (!paths.TryGet(out var page, out _))
            {
                return; // Ended since the list was read.
            }

            entry.Changes.AddRange(page.Paths.Select(StagingMessages.Describe));
            from = page.Next;
        }
        while (from > 0 && entry.Changes.Count < MaxListedPaths);
        entry.Truncated |= from > 0;
    }
}

/// <summary>Writes staged work as messages.</summary>
internal static class StagingMessages
{
    /// <summary>Writes an entry without its paths.</summary>
    public static StagedEntry Describe(StagedView view) => new()
    {
        AccountId = view.Account.ToString(),
        Account = view.AccountSlug,
        CopyId = view.Copy.ToString(),
        Branch = view.Branch.Text,
        Snapshot = Wire.Bytes(view.Snapshot),
        Base = Wire.Bytes(view.Base),
        StagedUnixMs = view.UpdatedAt.ToUnixTimeMilliseconds(),
        State = TextOf(view.State),
        Truncated = view.PathsTruncated,
        ChangeCount = (ulong)view.PathCount,
    };

    /// <summary>Writes a changed path.</summary>
    public static ChangedPath Describe(StagedPath path) => new()
    {
        Path = Bytes(path.Path),
        Change = TextOf(path.Change),
        ChangeClass = path.Class,
        OldHash = Wire.Bytes(path.OldHash),
        NewHash = Wire.Bytes(path.NewHash),
        OldPath = Bytes(path.OldPath),
    };

    /// <summary>Writes an overlap, one message for each path that is named.</summary>
    public static IEnumerable<Protocol.Grpc.Overlap> Describe(Grains.Abstractions.Staging.Overlap overlap) => overlap.Paths.Select(path => new Protocol.Grpc.Overlap
    {
        Path = Bytes(path.Path),
        Kind = path.Kind switch
        {
            OverlapKind.SamePath => "same_path",
            OverlapKind.SameContent => "same_content",
            OverlapKind.PredictedConflict => "predicted_conflict",
            _ => throw new InvalidOperationException($"Unknown overlap {path.Kind}."),
        },
        OtherAccount = overlap.AccountSlug,
        OtherAccountId = overlap.Account.ToString(),
        OtherBranch = overlap.Branch.Text,
        OtherCopyId = overlap.Copy.ToString(),
        OtherStagedUnixMs = overlap.StagedAt.ToUnixTimeMilliseconds(),
    });

    /// <summary>Writes how a path changed.</summary>
    public static string TextOf(StagedChange change) => change switch
    {
        StagedChange.Added => "added",
        StagedChange.Modified => "modified",
        StagedChange.Deleted => "deleted",
        StagedChange.TypeChanged => "type_changed",
        StagedChange.ModeChanged => "mode_changed",
        StagedChange.Renamed => "renamed",
        _ => throw new InvalidOperationException($"Unknown change {change}."),
    };

    /// <summary>Writes what became of staged work.</summary>
    public static string TextOf(StagedState state) => state switch
    {
        StagedState.Staged => "staged",
        StagedState.Pushed => "pushed",
        StagedState.Cleared => "cleared",
        StagedState.Expired => "expired",
        _ => throw new InvalidOperationException($"Unknown state {state}."),
    };

    private static ByteString Bytes(TreePath path) => ByteString.CopyFrom(path.Bytes);
}
