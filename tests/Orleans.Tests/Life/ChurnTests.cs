using W0rktree.Orleans.Tests.State;

namespace W0rktree.Orleans.Tests.Life;

/// <summary>Activations that come and go while calls arrive.</summary>
public sealed class ChurnTests(ChurnCluster cluster) : IClassFixture<ChurnCluster>
{
    [Fact]
    public async Task No_call_is_lost_while_activations_end()
    {
        var keys = Enumerable.Range(0, 5).Select(_ => TestCluster.NewKey()).ToArray();

        await Parallel.ForEachAsync(Enumerable.Range(0, 3_000), async (i, _) =>
        {
            var grain = cluster.Client.GetGrain<ILifeGrain>(keys[i % keys.Length], typeof(LifeGrain).FullName);
            Assert.NotEqual(Guid.Empty, await grain.IdAsync());
            if (i % 7 == 0)
            {
                await grain.LeaveAsync();
            }
        });
    }

    [Fact]
    public async Task What_was_written_is_read_however_often_the_activation_ends()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        for (var i = 0; i < 200; i++)
        {
            var text = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await grain.WriteAsync(text);
            var gone = cluster.Cluster.DeactivateAsync(grain);
            Assert.Equal(text, await grain.ReadAsync());
            await gone;
        }
    }

    [Fact]
    public async Task First_calls_from_many_threads_meet_one_activation()
    {
        for (var round = 0; round < 50; round++)
        {
            var grain = cluster.Client.GetGrain<ILifeGrain>(TestCluster.NewKey(), typeof(LifeGrain).FullName);

            var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => grain.IdAsync())));

            Assert.Single(ids.Distinct());
        }
    }
}

public sealed class ChurnCluster : TestCluster
{
    protected override short SiloCount => 2;
}
