using Orleans;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Trees;

namespace W0rktree.Silo.Front;

/// <summary>Asks again, while a transfer runs, whether the caller may go on: the token's grain and the tree's, at intervals of time and bytes.</summary>
internal sealed class TransferGate(IGrainFactory grains, TicketMint mint, CallerSession session, TreeAddress tree, bool sends, TimeProvider clock)
{
    // What somebody may still get through after losing the right.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private const long IntervalBytes = 8 << 20;

    private long _checkedAt;
    private long _bytes;

    /// <summary>Asks now; ends the call with a refusal otherwise.</summary>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        mint.Present(await session.RenewAsync(cancellationToken));
        var grain = grains.GetGrain<ITreeGrain>(GrainKeys.Tree(tree));
        _ = (sends ? await grain.MaySendAsync(cancellationToken) : await grain.MayFetchAsync(cancellationToken)).OrRefuse();
        (_checkedAt, _bytes) = (clock.GetTimestamp(), 0);
    }

    /// <summary>Counts bytes, and asks where the last answer is too old.</summary>
    public Task PassAsync(long bytes, CancellationToken cancellationToken)
    {
        _bytes += bytes;
        return _bytes >= IntervalBytes || clock.GetElapsedTime(_checkedAt) >= Interval ? RequireAsync(cancellationToken) : Task.CompletedTask;
    }
}
