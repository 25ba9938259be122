using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.LocalAgent.Sync.Binding;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Transfer;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Fetching;

/// <summary>What a clone found on the server.</summary>
internal sealed record CloneSource(ServerUrl Server, WorktreeInfo Worktree, BranchName Branch, IReadOnlyDictionary<string, SnapshotId> Branches);

/// <summary>Brings a worktree of the server into a store. Checking it out is the working copy's business.</summary>
internal sealed class CloneDownload(ServerDirectory servers, AccountOperations accounts, TimeProvider clock)
{
    /// <summary>Finds the worktree and its branches.</summary>
    public async Task<Result<CloneSource>> FindAsync(string url, string? branch, CancellationToken cancellationToken)
    {
        var fallback = accounts.ServerFor(null);
        var address = ServerUrl.ParseWorktree(url, fallback.IsOk ? fallback.Value : null);
        if (!address.IsOk)
        {
            return address.Error;
        }

        if (!servers.IsSignedIn(address.Value.Server))
        {
            return new Error(ErrorCodes.SignedOut, $"You are not signed in to {address.Value.Server}.", $"wt login {address.Value.Server} --user NAME");
        }

        var server = servers.Connection(address.Value.Server);
        var get = new GetWorktreeRequest { Owner = address.Value.Owner, Name = address.Value.Name };
        var found = await server.CallAsync(options => server.Worktrees.GetWorktreeAsync(get, options), cancellationToken);
        if (!found.IsOk)
        {
            return found.Error.Code == ErrorCodes.NotFound
                ? found.Error with { Message = $"There is no worktree '{get.Owner}/{get.Name}' on {address.Value.Server.Text}, or you may not see it." }
                : found.Error;
        }

        var branches = await ServerBranches.ListAsync(server, found.Value.Root, cancellationToken);
        if (!branches.IsOk)
        {
            return branches.Error;
        }

        var name = BranchName.Parse(branch ?? found.Value.DefaultBranch);
        if (!name.IsOk)
        {
            return name.Error;
        }

        return branches.Value.ContainsKey(name.Value.Text)
            ? new CloneSource(address.Value.Server, found.Value, name.Value, branches.Value)
            : new Error(ErrorCodes.UnknownBranch, $"{found.Value.Owner}/{found.Value.Name} has no branch '{name.Value}'.", branches.Value.Count == 0 ? "Nothing was pushed there yet." : $"It has {string.Join(", ", branches.Value.Keys.Order(StringComparer.Ordinal).Take(10))}.");
    }

    /// <summary>Downloads every branch and sets the references, in a store that is empty or has older parts of the same tree.</summary>
    public async Task<Result<long>> DownloadAsync(CloneSource source, ObjectStore store, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        var heads = source.Branches.Values.Distinct().Where(id => !store.Contains(id.Hash)).ToList();
        var fetched = await new Downloader(servers.Connection(source.Server), store).FetchAsync(source.Worktree.Root, heads, [], progress, cancellationToken);
        if (!fetched.IsOk)
        {
            return fetched.Error;
        }

        var refs = new StoreRefs(store);
        await using var transaction = store.Begin();
        foreach (var (name, head) in source.Branches)
        {
            var branch = BranchName.Parse(name).Value;
            StoreRefs.Move(transaction, StoreRefs.Server(branch), refs.Get(StoreRefs.Server(branch)), head);
        }

        if (refs.Get(StoreRefs.Branch(source.Branch)) is null)
        {
            StoreRefs.Move(transaction, StoreRefs.Branch(source.Branch), null, source.Branches[source.Branch.Text]);
        }

        SyncTables.SetBinding(transaction, WorktreeBinder.Describe(source.Server, source.Worktree, clock.GetUtcNow()));
        await transaction.CommitAsync(cancellationToken);
        return fetched;
    }
}
