using Grpc.Core;
using Orleans;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Protocol.Grpc;
using TreeEvent = W0rktree.Protocol.Grpc.TreeEvent;

namespace W0rktree.Silo.Front;

/// <summary>Follows what happens in a tree for one listener, whatever carries it to them.</summary>
/// <remarks>
/// A stream reads like any other call: token, then tree, each time it is woken. Being woken is only a hint, from the tree
/// when there is news, from the tenant when its members change, from the token when it ends.
/// </remarks>
internal sealed class EventFeed(IGrainFactory grains, TicketMint mint, TimeProvider clock, IHostApplicationLifetime life)
{
    // The watches lapse after a minute; a heartbeat renews them.
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    /// <summary>Sends events until the caller leaves, the server stops, or the right to read ends, which is a refusal.</summary>
    public async Task RunAsync(CallerSession session, TreeAddress address, ulong since, Func<TreeEvent, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStopping);
        var tree = grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(address));
        var token = grains.GetGrain<ITokenGrain>(GrainKeys.Token(session.Token));
        var signal = new WakeSignal();
        var observer = grains.CreateObjectReference<IWakeObserver>(signal);
        try
        {
            var latest = (await RenewAsync(tree, token, observer, either.Token)).Latest;
            var after = await GreetAsync(tree, since, latest, send, either.Token);
            while (true)
            {
                mint.Present(await session.RenewAsync(either.Token));
                after = await SendNewsAsync(tree, after, send, either.Token);
                if (!await signal.WaitAsync(HeartbeatInterval, clock, either.Token))
                {
                    mint.Present(await session.RenewAsync(either.Token));
                    _ = await RenewAsync(tree, token, observer, either.Token);
                    await send(Stamp(new TreeEvent { Heartbeat = new Heartbeat() }, after), either.Token);
                }
            }
        }
        finally
        {
            mint.Present(mint.Anonymous(session.RequestId));
            await Task.WhenAll(tree.UnwatchAsync(observer, CancellationToken.None), token.UnwatchAsync(observer, CancellationToken.None));
            grains.DeleteObjectReference<IWakeObserver>(observer);
            GC.KeepAlive(signal);
        }
    }

    /// <summary>Watches tree and token, or goes on to; refused where the caller may not, like reading.</summary>
    private static async Task<EventPage> RenewAsync(ITreeEventsGrain tree, ITokenGrain token, IWakeObserver observer, CancellationToken cancellationToken)
    {
        _ = (await token.WatchAsync(observer, cancellationToken)).OrRefuse();
        return (await tree.WatchAsync(observer, cancellationToken)).OrRefuse();
    }

    /// <summary>Says from where the stream goes on.</summary>
    private async Task<long> GreetAsync(ITreeEventsGrain tree, ulong since, long latest, Func<TreeEvent, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var known = since is > 0 and <= long.MaxValue ? (long)since : 0;
        var resumed = known > 0 && !(await tree.ReadAsync(known, cancellationToken)).OrRefuse().Gap;
        var after = resumed ? known : latest;
        await send(Stamp(new TreeEvent { Hello = new Hello { Sequence = (ulong)after, Resumed = resumed } }, after), cancellationToken);
        if (known > 0 && !resumed)
        {
            await send(Stamp(new TreeEvent { Reset = new Reset() }, after), cancellationToken);
        }

        return after;
    }

    private async Task<long> SendNewsAsync(ITreeEventsGrain tree, long after, Func<TreeEvent, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        EventPage page;
        do
        {
            page = (await tree.ReadAsync(after, cancellationToken)).OrRefuse();
            if (page.Gap)
            {
                await send(Stamp(new TreeEvent { Reset = new Reset() }, page.Latest), cancellationToken);
                return page.Latest;
            }

            foreach (var happened in page.Events)
            {
                await SkipAsync(after + 1, happened.Sequence, send, cancellationToken);
                await send(EventMessages.Describe(happened), cancellationToken);
                after = happened.Sequence;
            }

            await SkipAsync(after + 1, page.Through + 1, send, cancellationToken);
            after = page.Through;
        }
        while (after < page.Latest);
        return after;
    }

    /// <summary>Uses up the numbers of events that this reader is not told of, so that only a loss looks like a gap.</summary>
    private async Task SkipAsync(long from, long to, Func<TreeEvent, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        for (var number = from; number < to; number++)
        {
            await send(Stamp(new TreeEvent { Heartbeat = new Heartbeat() }, number), cancellationToken);
        }
    }

    private TreeEvent Stamp(TreeEvent sent, long sequence)
    {
        (sent.Sequence, sent.UnixMs) = ((ulong)sequence, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return sent;
    }
}
