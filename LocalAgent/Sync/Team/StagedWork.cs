using W0rktree.Core;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Team;

/// <summary>Answers who works on what: from the server, or from what it said last while it is away.</summary>
internal sealed class StagedWork(OpenCopy copy, ServerDirectory servers)
{
    private readonly SyncTables _tables = new(copy.Store);
    private StagedListResult? _last;

    /// <summary>Lists what everybody has staged in this tree.</summary>
    public async Task<Result<StagedListResult>> ListAsync(CancellationToken cancellationToken)
    {
        var server = Server();
        if (!server.IsOk)
        {
            return server.Error;
        }

        var (connection, binding) = server.Value;
        var mine = servers.AccountOf(binding) ?? "";
        var entries = new List<StagedInfo>();
        var page = "";
        do
        {
            var request = new ListStagedRequest { Tree = binding.Ref, PageToken = page };
            var reply = await connection.CallAsync(options => connection.Sync.ListStagedAsync(request, options), cancellationToken);
            if (!reply.IsOk)
            {
                return reply.Error.Code == ErrorCodes.Offline && _last is { } known ? known with { Offline = true } : reply.Error;
            }

            entries.AddRange(reply.Value.Entries.Select(entry => WirePaths.Describe(entry, mine)));
            page = reply.Value.NextPageToken;
        }
        while (page.Length > 0);

        _last = new StagedListResult(entries, copy.Time.GetUtcNow(), false);
        return _last;
    }

    /// <summary>Takes this copy's work out of the team's list.</summary>
    public async Task<Result<StagedClearResult>> ClearAsync(string? branch, CancellationToken cancellationToken)
    {
        var server = Server();
        if (!server.IsOk)
        {
            return server.Error;
        }

        var (connection, binding) = server.Value;
        var request = new ClearStagedRequest { Tree = binding.Ref, CopyId = copy.Identity.Copy, Branch = branch ?? "" };
        var reply = await connection.CallAsync(options => connection.Sync.ClearStagedAsync(request, options), cancellationToken);
        return reply.Map(r => new StagedClearResult((int)r.Cleared));
    }

    private Result<(ServerConnection Connection, TreeBinding Binding)> Server()
    {
        if (_tables.Binding is not { } binding)
        {
            return new Error(ErrorCodes.NoServer, "This worktree is on no server yet.", "'wt push --to OWNER/NAME' gives it a place.");
        }

        return servers.Connect(binding) is { } connection
            ? (connection, binding)
            : new Error(ErrorCodes.SignedOut, $"You are not signed in to {binding.Server}.", $"wt login {binding.Server} --user NAME");
    }
}
