using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Trees;

/// <summary>Stores a tree; the default value is that of one that does not exist.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TreeState")]
public sealed record TreeState
{
    /// <summary>Gets whether it exists.</summary>
    [Id(0)]
    public bool Exists { get; init; }

    /// <summary>Gets the names of all branches there ever were, sorted: a name may stand here before its branch does.</summary>
    [Id(1)]
    public ImmutableArray<BranchName> Branches { get; init; } = [];
}

/// <summary>Keeps one tree.</summary>
public sealed partial class TreeGrain(
    [PersistentState("tree", StateStores.Name)] IPersistentState<TreeState> storage,
    IGrainFactory grains,
    TenantGuard guard,
    TicketMint mint,
    ExposedStates exposed) : StatefulGrain<TreeState>(storage, exposed), ITreeGrain, IGuardedGrain
{
    // One value holds all names; a page asks as many branches, and its answer stays far below the limit of a message.
    private const int MaxBranches = 20_000;
    private const int PageSize = 100;
    private const int MaxHeads = 4_000;

    private readonly List<BranchName> _adding = [];
    private readonly List<AuditDraft> _drafts = [];
    private GroupCommit? _writes;

    private TreeAddress Address => GrainKeys.ReadTree(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken)
    {
        var refusal = await guard.RefuseAsync(Address, caller, new AccessNeed(permission), cancellationToken);
        return refusal ?? (Current.Exists ? null : Refusals.NotFound);
    }

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => Current.Exists ? Task.CompletedTask : SaveAsync(new TreeState { Exists = true });

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(Current.Exists);

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> MayFetchAsync(CancellationToken cancellationToken) => Task.FromResult<Reply<Acknowledged>>(Acknowledged.Instance);

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> MaySendAsync(CancellationToken cancellationToken) => Task.FromResult<Reply<Acknowledged>>(Acknowledged.Instance);

    /// <inheritdoc/>
    public async Task<Reply<BranchPage>> ListBranchesAsync(string from, CancellationToken cancellationToken)
    {
        var names = Current.Branches.Where(b => string.CompareOrdinal(b.Text, from) >= 0).Take(PageSize + 1).ToArray();
        var views = await mint.AsSystemAsync("tree", () => Task.WhenAll(names.Take(PageSize).Select(name =>
            grains.GetGrain<IBranchGrain>(GrainKeys.Branch(Address, name)).DescribeAsync(cancellationToken))));
        var access = await guard.OpenAsync(Address, mint.Current()!, cancellationToken);
        return new BranchPage
        {
            Branches = [.. views.OfType<BranchView>().Where(v => access?.Decide(Permission.BranchRead, v.Name, null).IsAllowed == true)],
            Next = names.Length > PageSize ? names[^1].Text : "",
        };
    }

    /// <inheritdoc/>
    public async Task<TreeHeads> HeadsAsync(CancellationToken cancellationToken)
    {
        var (names, address) = (Current.Branches, Address);
        return await mint.AsSystemAsync("tree", async () =>
        {
            var worktree = await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(address.Tenant, address.Worktree)).FactsAsync(cancellationToken)
                ?? throw new InvalidOperationException("A tree without its worktree.");
            var views = await Task.WhenAll(names.Select(name => grains.GetGrain<IBranchGrain>(GrainKeys.Branch(address, name)).DescribeAsync(cancellationToken)));
            return new TreeHeads
            {
                Heads = [.. views.OfType<BranchView>().OrderByDescending(v => v.MovedAt).Take(MaxHeads).Select(v => v.Head)],
                DefaultBranch = worktree.DefaultBranch,
                DefaultHead = views.OfType<BranchView>().FirstOrDefault(v => v.Name == worktree.DefaultBranch)?.Head ?? default,
                IsRoot = worktree.Trees[0].Tree == address.Tree,
            };
        });
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> AddBranchAsync(BranchName branch, CancellationToken cancellationToken)
    {
        if (!Current.Exists)
        {
            return Refusals.NotFound;
        }

        if (Current.Branches.Contains(branch))
        {
            return Acknowledged.Instance;
        }

        if (Current.Branches.Length + _adding.Count >= MaxBranches)
        {
            return new Refusal { Code = "too_many_branches", Message = $"A tree has at most {MaxBranches} branch names, deleted ones included." };
        }

        _adding.Add(branch);
        _drafts.Add(Draft);
        _writes ??= new GroupCommit(WriteAsync);
        await _writes.RunAsync();
        return Acknowledged.Instance;
    }

    private Task WriteAsync()
    {
        var names = Current.Branches.Concat(_adding).Distinct().Order();
        var next = Current with { Branches = [.. names] };
        var drafts = _drafts.ToImmutableArray();
        _adding.Clear();
        _drafts.Clear();
        return SaveAsync(next, drafts);
    }
}
