using Microsoft.Extensions.Logging;
using W0rktree.Core.History;
using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Branches;

/// <summary>Moves one branch: authorise, decide, verify, write by compare-and-set, tell, answer.</summary>
public sealed class BranchGrain(
    [PersistentState("branch", StateStores.Name)] IPersistentState<BranchState> storage,
    IGrainFactory grains,
    IObjectVault vault,
    TenantGuard guard,
    TicketMint mint,
    TimeProvider clock,
    ExposedStates exposed,
    ILogger<BranchGrain> log) : StatefulGrain<BranchState>(storage, exposed), IBranchGrain, IGuardedGrain
{
    // A move this young may have been stored by an activation that died before it told anybody.
    private static readonly TimeSpan MayBeUntold = TimeSpan.FromMinutes(10);

    private TreeAddress Tree => GrainKeys.ReadTree(this.GetPrimaryKeyString());

    private ITreeEventsGrain Events => grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(Tree));

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (Current.Moves is [.., var last] && clock.GetUtcNow() - last.At < MayBeUntold)
        {
            await TellAsync(last, default);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        await guard.RefuseAsync(Tree, caller, new AccessNeed(permission, Current.Exists ? Current.Name : null), cancellationToken);

    /// <inheritdoc/>
    public Task<Reply<BranchView>> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Reply<BranchView>>(Current.Exists ? View() : Refusals.NotFound);

    /// <inheritdoc/>
    public Task<BranchView?> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Current.Exists ? View() : null);

    /// <inheritdoc/>
    public async Task<Reply<PushOutcome>> PushAsync(PushBranch request, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        if (GrainKeys.Branch(Tree, request.Name) != this.GetPrimaryKeyString())
        {
            return Refusals.Invalid("The branch's name does not belong to this branch.");
        }

        switch (BranchRules.Decide(Current, request, caller.Account))
        {
            case PushDecision.Repeat(var outcome):
                return outcome;
            case PushDecision.Refuse(var error):
                return error;
            case PushDecision.GoOn { Creates: true } when await MayNotCreateAsync(caller, cancellationToken) is { } refusal:
                return refusal;
        }

        if (await UnfitAsync(request, cancellationToken) is { } unfit)
        {
            return unfit;
        }

        if (await guard.RefuseAsync(Tree, caller, new AccessNeed(Permission.SyncPush, request.Name), cancellationToken) is { } closed)
        {
            return closed;
        }

        if (await ReviewAsync(request, caller, cancellationToken) is { } forbidden)
        {
            return forbidden;
        }

        var named = await mint.AsSystemAsync("branch", () => grains.GetGrain<ITreeGrain>(GrainKeys.Tree(Tree)).AddBranchAsync(request.Name, cancellationToken));
        if (!named.TryGet(out _, out var unnamed))
        {
            return unnamed;
        }

        var move = await MoveAsync(request.Head, request.RequestId, caller, cancellationToken);
        await SaveAsync(BranchRules.Move(Current, request.Name, move));
        await TellAsync(move, request.Copy);
        return new PushOutcome { Head = move.To, Version = move.Version, Created = move.From.IsZero };
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> DeleteAsync(DeleteBranch request, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        if (!Current.Exists)
        {
            var repeated = Current.Moves is [.., { To.IsZero: true } last] && last.Account == caller.Account && last.From == request.Expected;
            return repeated ? Acknowledged.Instance : new Error("not_found", $"There is no branch '{request.Name}' on the server.");
        }

        if (await mint.AsSystemAsync("branch", () => grains.GetGrain<ITreeGrain>(GrainKeys.Tree(Tree)).HeadsAsync(cancellationToken)) is { } heads && heads.DefaultBranch == Current.Name)
        {
            return new Error("default_branch", $"'{request.Name}' is the default branch; the policies in force stand there.", "Delete another branch.");
        }

        if (Current.Head != request.Expected)
        {
            return new Error("stale_base", $"The branch '{request.Name}' has moved to {Current.Head.ToShortString()}.", "Look at it again: wt branch list");
        }

        var move = await MoveAsync(default, "", caller, cancellationToken);
        await SaveAsync(BranchRules.Move(Current, Current.Name, move));
        await TellAsync(move, default);
        return Acknowledged.Instance;
    }

    private async Task<Refusal?> MayNotCreateAsync(CallerTicket caller, CancellationToken cancellationToken) =>
        await RefuseAsync(caller, Permission.BranchCreate, cancellationToken)
        ?? (caller.InScope(Permission.BranchCreate) ? null : Refusals.ScopeExceeded(Permission.BranchCreate));

    /// <summary>Says why a snapshot cannot become the head: not there with its whole closure, of another tree, conflicted, or not a step forward.</summary>
    private async Task<Error?> UnfitAsync(PushBranch request, CancellationToken cancellationToken)
    {
        await using var objects = await vault.ForTenant(Tree.Tenant).OpenAsync(Tree.Tree, cancellationToken);
        if (!await objects.HasSnapshotAsync(request.Head, cancellationToken))
        {
            return new Error("missing_objects", $"Snapshot {request.Head.ToShortString()} is not on the server with everything it holds.", "Send it again: wt push");
        }

        var graph = new ObjectGraph(objects);
        var snapshot = await graph.ReadSnapshotAsync(request.Head, cancellationToken);
        if (snapshot.HasConflicts)
        {
            return new Error("conflicted", $"Snapshot {request.Head.ToShortString()} still holds conflicts.", "Resolve them first: wt resolve");
        }

        var forward = !Current.Exists || await Ancestry.IsAncestorAsync(graph, Current.Head, request.Head, cancellationToken);
        return forward ? null : BranchRules.NotForward(request);
    }

    /// <summary>Says why what the push changes may not be changed by who pushes, under the policies in force before it.</summary>
    private async Task<Error?> ReviewAsync(PushBranch request, CallerTicket caller, CancellationToken cancellationToken)
    {
        if (await guard.OpenAsync(Tree, caller, cancellationToken) is not { } access)
        {
            return Refusals.NotFound.ToError();
        }

        var standing = await mint.AsSystemAsync("branch", () => grains.GetGrain<ITreeGrain>(GrainKeys.Tree(Tree)).HeadsAsync(cancellationToken));
        await using var objects = await vault.ForTenant(Tree.Tenant).OpenAsync(Tree.Tree, cancellationToken);
        var graph = new ObjectGraph(objects);
        var changed = await new PushedChanges(graph).ListAsync(
            Current.Exists ? Current.Head : null, request.Head, standing.Heads, request.Name == standing.DefaultBranch || standing.DefaultHead.IsZero ? null : standing.DefaultHead, cancellationToken);
        if (PushReview.RefusePaths(access, request.Name, changed) is { } refused)
        {
            return refused;
        }

        if (!changed.Any(PolicyOrigins.IsPolicy))
        {
            return null;
        }

        ContentHash? before = standing.DefaultHead.IsZero ? null : (await graph.ReadSnapshotAsync(standing.DefaultHead, cancellationToken)).Root;
        var after = (await graph.ReadSnapshotAsync(request.Head, cancellationToken)).Root;
        return await PushReview.RefusePoliciesAsync(access, graph, before, after, standing.IsRoot, cancellationToken);
    }

    private async Task<BranchMove> MoveAsync(SnapshotId to, string requestId, CallerTicket caller, CancellationToken cancellationToken) => new()
    {
        From = Current.Head,
        To = to,
        Version = Current.Version + 1,
        Account = caller.Account,
        AccountSlug = (await guard.StandingAsync(Tree.Tenant, caller, cancellationToken)).Slug,
        At = clock.GetUtcNow(),
        RequestId = requestId,
    };

    /// <summary>Tells the watchers and the staged list. What is stored is not undone by a failure here: both ask again by themselves.</summary>
    private async Task TellAsync(BranchMove move, CopyId copy)
    {
        try
        {
            await mint.AsSystemAsync("branch", async () =>
            {
                if (copy != default)
                {
                    var key = new StagedKey { Copy = copy, Branch = Current.Name };
                    await grains.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(Tree)).PushedAsync(move.Account, key, CancellationToken.None);
                }

                await Events.PublishAsync(new EventBatch { Events = [EventOf(move)] }, CancellationToken.None);
                return true;
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Nobody could be told that {Branch} moved to {Head}", Current.Name, move.To);
        }
    }

    private TreeEvent EventOf(BranchMove move) => new()
    {
        Key = $"branch/{Current.Name}/{move.Version}",
        Kind = move.To.IsZero ? EventKind.BranchDeleted : EventKind.BranchMoved,
        At = move.At,
        Branch = Current.Name,
        Account = move.Account,
        AccountSlug = move.AccountSlug,
        Snapshot = move.To,
        Before = move.From,
    };

    private BranchView View() => new()
    {
        Name = Current.Name,
        Head = Current.Head,
        Version = Current.Version,
        MovedBy = Current.Moves[^1].AccountSlug,
        MovedAt = Current.Moves[^1].At,
    };
}
