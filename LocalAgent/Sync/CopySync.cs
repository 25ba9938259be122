using System.Threading.Channels;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Sync.Fetching;
using W0rktree.LocalAgent.Sync.Pushing;
using W0rktree.LocalAgent.Sync.Repair;
using W0rktree.LocalAgent.Sync.Secrets;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.LocalAgent.Sync.Staging;
using W0rktree.LocalAgent.Sync.Team;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync;

/// <summary>
/// The last stage of one working copy's pipeline: brings what the store's queue holds to the server and the server's
/// branches here. Being offline is a state that it waits out; whatever it was doing is in the queue still.
/// </summary>
internal sealed class CopySync : ISyncStage, ITeamAudience, IDisposable
{
    /// <summary>How old the server's word on the user's rights may become before it is asked again.</summary>
    private static readonly TimeSpan RightsAge = TimeSpan.FromMinutes(10);

    private readonly OpenCopy _copy;
    private readonly ServerDirectory _servers;
    private readonly Action<AgentEvent> _publish;
    private readonly SyncTables _tables;
    private readonly OverlapBook _overlaps = new();
    private readonly SemaphoreSlim _running = new(1, 1);

    // One pending wake-up is enough: a round takes up everything that is queued. Further ones are dropped.
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _reconnects = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile SyncState _state = new(null, null, null, 0);

    public CopySync(OpenCopy copy, ServerDirectory servers, Action<AgentEvent> publish)
    {
        _copy = copy;
        _servers = servers;
        _publish = publish;
        _tables = new SyncTables(copy.Store);
        Staged = new StagedWork(copy, servers);
        Secrets = new SecretGate(copy);
        copy.Config.Changed += _ => Wake(); // Its intervals, what is looked for, whether anything is.
    }

    /// <inheritdoc/>
    public string Name => "sync";

    /// <summary>Gets the copy that this stage syncs.</summary>
    public OpenCopy Copy => _copy;

    /// <summary>Gets who works on what in this copy's tree.</summary>
    public StagedWork Staged { get; }

    /// <summary>Gets who says what must not leave.</summary>
    public SecretGate Secrets { get; }

    /// <inheritdoc/>
    public ServerLink? Link => _tables.Binding is { } binding && _servers.Connect(binding) is { } server
        ? new ServerLink(_servers.AccountNameOf(binding), server.Protocol, server.Latency)
        : null;

    /// <inheritdoc/>
    public IReadOnlyList<HeldInfo> Held => Secrets.Held;

    /// <inheritdoc/>
    public IReadOnlyList<OverlapInfo> Overlaps => _overlaps.All;

    /// <inheritdoc/>
    public PermissionsInfo? Permissions => _tables.Binding is { Role.Length: > 0 } binding ? new PermissionsInfo(binding.Role, binding.Permissions, binding.AsOf) : null;

    /// <summary>Gets the state as users see it.</summary>
    public SyncInfo Info
    {
        get
        {
            var (binding, state) = (_tables.Binding, _state);
            var server = _servers.ServerOf(binding);
            return new SyncInfo
            {
                State = StateText(binding, server, state),
                Server = server?.Text,
                Pending = Pending,
                Staged = _tables.Staged(_copy.Identity.CopyId, _copy.Position.Branch)?.Snapshot,
                LastSync = state.LastSync,
                NextTry = state.NextTry,
                LastError = state.LastError is { } error ? new ErrorInfo(error.Code, error.Message, error.Hint) : null,
            };
        }
    }

    private int Pending => _tables.StageQueue(_copy.Identity.CopyId).Count + _tables.Pushes(_copy.Identity.CopyId).Count;

    /// <inheritdoc/>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <inheritdoc/>
    public void Publish(AgentEvent happened) => _publish(happened);

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(SyncAsync(cancellationToken), ListenAsync(cancellationToken));

    /// <summary>Runs one round now, whatever the schedule says, and gives the state after it.</summary>
    public async Task<SyncInfo> RunOnceAsync(CancellationToken cancellationToken)
    {
        await RoundAsync(cancellationToken);
        return Info;
    }

    /// <summary>Does something while no round runs: a push and a round would upload the same snapshot in the same session.</summary>
    public async Task<T> WithoutRoundAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<Result<int>> RepairAsync(IReadOnlySet<ContentHash> lost, IReadOnlyList<SnapshotId> roots, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        if (_tables.Binding is not { } binding)
        {
            return new Error(ErrorCodes.NoServer, "This worktree is on no server", "'wt push' brings it to one.");
        }

        if (_servers.Connect(binding) is not { } server)
        {
            return new Error(ErrorCodes.SignedOut, $"You are not signed in to {binding.Server}", $"wt login {binding.Server} --user NAME");
        }

        var reporting = new SyncProgress(p => progress.Report(new ProgressInfo("repairing", p.Done, null, "objects")));
        return await WithoutRoundAsync(() => new RepairOperation(_copy.Store, server, binding.Ref).RunAsync(lost, roots, reporting, cancellationToken), cancellationToken);
    }

    /// <summary>Pauses or resumes showing one's work.</summary>
    public async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        await using (var transaction = _copy.Store.Begin())
        {
            SyncTables.SetPaused(transaction, _copy.Identity.CopyId, paused);
            await transaction.CommitAsync(cancellationToken);
        }

        Wake();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _running.Dispose();
        Secrets.Dispose();
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await RoundAsync(cancellationToken);
            var wait = Schedule().After(_state.Failures, Pending > 0);
            _state = _state with { NextTry = _state.Failures > 0 ? _copy.Time.GetUtcNow() + wait : null };
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var woken = _wakes.Reader.ReadAsync(timer.Token).AsTask();
            await Task.WhenAny(woken, Task.Delay(wait, _copy.Time, timer.Token));
            await timer.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            if (_tables.Binding is not { } binding || _servers.Connect(binding) is not { } server)
            {
                _state = _state with { LastError = null, Failures = 0 };
                return;
            }

            var failure = await WorkAsync(server, binding, cancellationToken);
            var wasOffline = _state.LastError is { Code: ErrorCodes.Offline };
            _state = failure is { } error
                ? _state with { LastError = error, Failures = _state.Failures + 1 }
                : new SyncState(_copy.Time.GetUtcNow(), null, null, 0);
            if (failure is null && wasOffline)
            {
                _reconnects.Writer.TryWrite(true);
            }

            if (failure is not null != wasOffline)
            {
                _publish(new AgentEvent { Type = "sync", Time = _copy.Time.GetUtcNow(), Root = _copy.Root, Sync = Info });
            }
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Does what is to be done, in the order that lets the team see it soonest. Gives the first failure.</summary>
    private async Task<Error?> WorkAsync(ServerConnection server, TreeBinding binding, CancellationToken cancellationToken)
    {
        foreach (var intent in _tables.Pushes(_copy.Identity.CopyId))
        {
            var pushed = await new PushOperation(_copy, server, binding, Secrets).RunAsync(intent, null, cancellationToken);
            if (!pushed.IsOk)
            {
                return pushed.Error;
            }
        }

        if (!_tables.IsPaused(_copy.Identity.CopyId))
        {
            foreach (var queued in _tables.StageQueue(_copy.Identity.CopyId))
            {
                var staged = await new StageOperation(_copy, server, binding, Secrets).RunAsync(queued, cancellationToken);
                if (!staged.IsOk)
                {
                    return staged.Error;
                }

                TellStaged(queued, staged.Value);
            }
        }

        var fetched = await new FetchOperation(_copy, server, binding).RunAsync(null, cancellationToken);
        return fetched.IsOk ? await RefreshRightsAsync(server, binding, cancellationToken) : fetched.Error;
    }

    /// <summary>Asks now and then what the user may do. It is shown, and nothing here is decided by it.</summary>
    private async Task<Error?> RefreshRightsAsync(ServerConnection server, TreeBinding binding, CancellationToken cancellationToken)
    {
        if (_copy.Time.GetUtcNow() - binding.AsOf < RightsAge)
        {
            return null;
        }

        var get = new Protocol.Grpc.GetWorktreeRequest { Owner = binding.Owner, Name = binding.Name };
        var found = await server.CallAsync(options => server.Worktrees.GetWorktreeAsync(get, options), cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        await using var transaction = _copy.Store.Begin();
        SyncTables.SetBinding(transaction, binding with { Role = found.Value.MyRole, Permissions = [.. found.Value.MyPermissions], AsOf = _copy.Time.GetUtcNow() });
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private void TellStaged(QueuedStage queued, StageOutcome outcome)
    {
        if (outcome.StagedAt is not { } at)
        {
            return;
        }

        if (outcome.Held.Count > 0)
        {
            var warning = new WarningInfo("held_back", $"Held back from the team: {string.Join(", ", outcome.Held.Take(3))}{(outcome.Held.Count > 3 ? " and more" : "")}.", "'wt sync allow PATH' releases a path.");
            _publish(new AgentEvent { Type = "warning", Time = _copy.Time.GetUtcNow(), Root = _copy.Root, Warning = warning });
        }

        var known = queued.Branch == _copy.Position.Branch ? _overlaps.Replace(outcome.Overlaps) : _overlaps.Take(outcome.Overlaps);
        _publish(new AgentEvent { Type = "sync", Time = _copy.Time.GetUtcNow(), Root = _copy.Root, Sync = Info, ServerTime = at });
        if (known.Count > 0)
        {
            _publish(new AgentEvent { Type = "overlap", Time = _copy.Time.GetUtcNow(), Root = _copy.Root, Overlaps = known, ServerTime = at });
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            if (_tables.Binding is { } binding && _servers.Connect(binding) is { } server)
            {
                var listener = new TeamListener(server, binding, _copy.Identity.Copy, _copy.Root, _servers.AccountOf(binding) ?? "", _overlaps, this, _copy.Time);
                var started = _copy.Time.GetTimestamp();
                var ended = await listener.RunAsync(cancellationToken);

                // A stream that lasted was a success, however it ended.
                failures = ended is null || _copy.Time.GetElapsedTime(started) > TimeSpan.FromSeconds(60) ? 1 : failures + 1;
            }

            // Without a server there is nothing to listen to; signing in or binding wakes this loop.
            var wait = Schedule().After(failures, pending: false);
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_reconnects.Reader.ReadAsync(timer.Token).AsTask(), Task.Delay(wait, _copy.Time, timer.Token));
            await timer.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Starts listening anew and syncs: after signing in, or when the tree got its place on a server.</summary>
    public void Reconnect()
    {
        _reconnects.Writer.TryWrite(true);
        Wake();
    }

    private SyncSchedule Schedule() => SyncSchedule.Of(_copy.Config.Current);

    private string StateText(TreeBinding? binding, ServerUrl? server, SyncState state)
    {
        if (server is null || binding is null)
        {
            return "none";
        }

        if (!_servers.IsSignedIn(server.Value))
        {
            return "signed_out";
        }

        if (_tables.IsPaused(_copy.Identity.CopyId))
        {
            return "paused";
        }

        return state.LastError switch
        {
            null => _running.CurrentCount == 0 ? "syncing" : "idle",
            { Code: ErrorCodes.SignedOut or ErrorCodes.TokenRevoked } => "signed_out",
            { } error when ServerErrors.IsPassing(error) => "offline",
            _ => "refused",
        };
    }

    /// <summary>What the last round came to.</summary>
    private sealed record SyncState(DateTimeOffset? LastSync, DateTimeOffset? NextTry, Error? LastError, int Failures);
}
