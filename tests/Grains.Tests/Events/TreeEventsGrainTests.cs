using System.Threading.Channels;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Tests.Cluster;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Events;

public class TreeEventsGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task A_watcher_is_woken_when_something_happens_and_reads_it()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var tree = await ann.CreateWorktreeAsync();
        using var sleeper = new Sleeper();
        var start = (await ann.CallAsync(g => Events(g, tree).WatchAsync(sleeper.Reference(g), default))).Must();

        (await ann.PushAsync(tree, default, await SnapshotAsync(tree))).Must();

        Assert.True(await sleeper.WokenAsync() > start.Latest);
        Assert.Single((await ann.ReadEventsAsync(tree, start.Latest)).Must().Events);
    }

    [Fact]
    public async Task Losing_the_membership_wakes_the_watcher_who_then_may_not_read()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        var tree = await ann.CreateWorktreeAsync();
        (await ann.SetMemberAsync(tree.Tenant, bob, Role.Viewer)).Must();
        using var sleeper = new Sleeper();
        (await bob.CallAsync(g => Events(g, tree).WatchAsync(sleeper.Reference(g), default))).Must();

        (await ann.RemoveMemberAsync(tree.Tenant, bob)).Must();

        await sleeper.WokenAsync();
        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => bob.ReadEventsAsync(tree, 0)));
    }

    [Fact]
    public async Task A_stranger_cannot_watch()
    {
        var (ann, mallory) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "mallory"));
        var tree = await ann.CreateWorktreeAsync();
        using var sleeper = new Sleeper();

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => mallory.CallAsync(g => Events(g, tree).WatchAsync(sleeper.Reference(g), default))));
    }

    [Fact]
    public async Task After_an_activation_ends_numbers_go_on_higher_and_older_readers_learn_of_a_gap()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var tree = await ann.CreateWorktreeAsync();
        (await ann.PushAsync(tree, default, await SnapshotAsync(tree))).Must();
        var before = (await ann.ReadEventsAsync(tree, 0)).Must().Latest;
        var grain = Events(cluster.Grains, tree);

        await cluster.Cluster.DeactivateAsync(grain);

        var after = (await ann.ReadEventsAsync(tree, before)).Must();
        Assert.True(after.Latest > before);
        Assert.True(after.Gap);
    }

    private static ITreeEventsGrain Events(IGrainFactory grains, TreeAddress tree) => grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(tree));

    private async Task<SnapshotId> SnapshotAsync(TreeAddress tree)
    {
        var objects = cluster.Vault.Of(tree.Tenant, tree.Tree);
        return await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string> { ["a"] = "b" }));
    }

    /// <summary>Waits to be woken. The runtime holds observers weakly, so the test keeps it.</summary>
    private sealed class Sleeper : IWakeObserver, IDisposable
    {
        private readonly Channel<long> _wakes = Channel.CreateUnbounded<long>();
        private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));

        public IWakeObserver Reference(IGrainFactory grains) => grains.CreateObjectReference<IWakeObserver>(this);

        public Task OnWakeAsync(long latest, CancellationToken cancellationToken) => _wakes.Writer.WriteAsync(latest, cancellationToken).AsTask();

        public async Task<long> WokenAsync() => await _wakes.Reader.ReadAsync(_patience.Token);

        public void Dispose() => _patience.Dispose();
    }
}
