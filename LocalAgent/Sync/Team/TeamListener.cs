using Grpc.Core;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Team;

/// <summary>What a listener tells its copy's sync.</summary>
internal interface ITeamAudience
{
    /// <summary>Passes an event on to subscribers.</summary>
    void Publish(AgentEvent happened);

    /// <summary>Asks for a fetch: a branch moved, or events were lost.</summary>
    void Wake();
}

/// <summary>Listens to one tree's events. A gap in the numbers, or the server's word that some were lost, asks for everything again.</summary>
internal sealed class TeamListener(ServerConnection server, TreeBinding binding, string copyId, string root, string ownAccountId, OverlapBook overlaps, ITeamAudience audience, TimeProvider clock)
{
    private ulong _last;

    /// <summary>Listens until the stream ends. Gives why it ended; null for an orderly end.</summary>
    public async Task<Error?> RunAsync(CancellationToken cancellationToken)
    {
        var ended = await server.GuardAsync(async () =>
        {
            var request = new WatchRequest { Tree = binding.Ref, SinceSequence = _last, CopyId = copyId };
            using var call = server.Events.Watch(request, server.Options(timeout: null, cancellationToken));
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                Take(call.ResponseStream.Current);
            }

            return default(Done);
        }, cancellationToken);
        return ended.IsOk ? null : ended.Error;
    }

    private void Take(TreeEvent happened)
    {
        var expected = _last + 1;
        if (happened.Sequence > expected && _last != 0 && happened.EventCase != TreeEvent.EventOneofCase.Hello)
        {
            Lost();
        }

        _last = Math.Max(_last, happened.Sequence);
        var serverTime = DateTimeOffset.FromUnixTimeMilliseconds(happened.UnixMs);
        switch (happened.EventCase)
        {
            case TreeEvent.EventOneofCase.Hello:
                _last = happened.Hello.Sequence;
                if (!happened.Hello.Resumed)
                {
                    audience.Wake();
                }

                break;
            case TreeEvent.EventOneofCase.Staged:
                TakeStaged(happened.Staged, serverTime);
                break;
            case TreeEvent.EventOneofCase.Overlap:
                if (overlaps.Take(happened.Overlap.Overlaps) is { Count: > 0 } unseen)
                {
                    audience.Publish(Event("overlap", serverTime) with { Overlaps = unseen });
                }

                break;
            case TreeEvent.EventOneofCase.BranchMoved:
                TakeBranch(happened.BranchMoved, serverTime);
                break;
            case TreeEvent.EventOneofCase.Reset:
                Lost();
                break;
            default:
                break; // Heartbeats keep the connection; what a newer server adds is not ours to read.
        }
    }

    private void TakeStaged(StagedEntry entry, DateTimeOffset serverTime)
    {
        if (entry.State != "staged")
        {
            overlaps.Forget(entry.CopyId, entry.Branch);
        }

        audience.Publish(Event("staged", serverTime) with { Staged = WirePaths.Describe(entry, ownAccountId) });
    }

    private void TakeBranch(BranchMoved moved, DateTimeOffset serverTime)
    {
        var head = moved.NewHead.Length == ContentHash.SizeBytes ? ContentHash.FromBytes(moved.NewHead.Span).ToString() : null;
        audience.Publish(Event("branch_moved", serverTime) with { Branch = new BranchEntry($"{moved.Branch}@server", head, false, true, null, null, moved.Deleted, null) });
        audience.Wake();
    }

    private void Lost()
    {
        audience.Publish(Event("reset", null));
        audience.Wake();
    }

    private AgentEvent Event(string type, DateTimeOffset? serverTime) => new() { Type = type, Time = clock.GetUtcNow(), Root = root, ServerTime = serverTime };
}
