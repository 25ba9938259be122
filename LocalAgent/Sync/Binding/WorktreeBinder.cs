using W0rktree.Core;
using W0rktree.LocalAgent.Sync.Accounts;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Binding;

/// <summary>Gives a tree its place on a server at its first push: finds the worktree of that name or asks for it to be created.</summary>
internal sealed class WorktreeBinder(OpenCopy copy, ServerDirectory servers, AccountOperations accounts)
{
    private readonly SyncTables _tables = new(copy.Store);

    /// <summary>Gives the binding; makes one where there is none yet.</summary>
    /// <param name="to"><c>OWNER/NAME</c>, or null for what <c>wt init</c> said.</param>
    public async Task<Result<TreeBinding>> EnsureAsync(string? to, CancellationToken cancellationToken)
    {
        if (_tables.Binding is { } bound)
        {
            return to is null || to == $"{bound.Owner}/{bound.Name}"
                ? bound
                : new Error(ErrorCodes.InvalidArgument, $"This worktree is {bound.Owner}/{bound.Name} on {bound.Server}; it cannot become {to}.", "Push without --to, or 'wt init' a copy of the directory elsewhere.");
        }

        var place = Place(to);
        var server = place.IsOk ? accounts.ServerFor(null) : place.Error;
        if (!server.IsOk)
        {
            return server.Error;
        }

        if (!servers.IsSignedIn(server.Value))
        {
            return new Error(ErrorCodes.SignedOut, $"You are not signed in to {server.Value}.", $"wt login {server.Value} --user NAME");
        }

        var found = await FindOrCreateAsync(servers.Connection(server.Value), place.Value, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        if (found.Value.Root.TreeId != copy.Identity.Tree)
        {
            return new Error("already_exists", $"{place.Value.Owner}/{place.Value.Name} on {server.Value} is another worktree.", "Choose another name: wt push --to OWNER/NAME; or clone that one.");
        }

        var binding = Describe(server.Value, found.Value);
        await using var transaction = copy.Store.Begin();
        SyncTables.SetBinding(transaction, binding);
        await transaction.CommitAsync(cancellationToken);
        return binding;
    }

    /// <summary>Describes a server's worktree as the store remembers it.</summary>
    public TreeBinding Describe(ServerUrl server, WorktreeInfo info) => Describe(server, info, copy.Time.GetUtcNow());

    /// <summary>Describes a server's worktree as the store remembers it.</summary>
    public static TreeBinding Describe(ServerUrl server, WorktreeInfo info, DateTimeOffset now) => new()
    {
        Server = server.Text,
        Owner = info.Owner,
        Name = info.Name,
        Tenant = info.Root.TenantId,
        Worktree = info.Root.WorktreeId,
        Tree = info.Root.TreeId,
        DefaultBranch = info.DefaultBranch,
        Role = info.MyRole,
        Permissions = [.. info.MyPermissions],
        AsOf = now,
    };

    private Result<(string Owner, string Name)> Place(string? to)
    {
        if (to is not null)
        {
            return to.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
                ? (owner, name)
                : new Error(ErrorCodes.InvalidArgument, $"'{to}' is not OWNER/NAME.", "wt push --to acme/shop");
        }

        return copy.Identity.Owner is { } known
            ? (known, copy.Identity.Name)
            : new Error(ErrorCodes.InvalidArgument, "This worktree has no owner on a server yet.", "Say whose it is: wt push --to OWNER/NAME");
    }

    private async Task<Result<WorktreeInfo>> FindOrCreateAsync(ServerConnection server, (string Owner, string Name) place, CancellationToken cancellationToken)
    {
        var get = new GetWorktreeRequest { Owner = place.Owner, Name = place.Name };
        var found = await server.CallAsync(options => server.Worktrees.GetWorktreeAsync(get, options), cancellationToken);
        if (found.IsOk || found.Error.Code != ErrorCodes.NotFound)
        {
            return found;
        }

        var create = new CreateWorktreeRequest
        {
            Owner = place.Owner,
            Name = place.Name,
            WorktreeId = copy.Identity.Worktree,
            RootTreeId = copy.Identity.Tree,
            DefaultBranch = copy.Position.Branch.Text,
        };
        return await server.CallAsync(options => server.Worktrees.CreateWorktreeAsync(create, options), cancellationToken);
    }
}
