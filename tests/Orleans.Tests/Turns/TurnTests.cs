namespace W0rktree.Orleans.Tests.Turns;

public sealed class TurnTests(TestCluster cluster) : IClassFixture<TestCluster>
{
    [Fact]
    public async Task Requests_to_one_grain_never_interleave()
    {
        var grain = cluster.Client.GetGrain<ITurnGrain>(TestCluster.NewKey());

        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => grain.AddAsync()));

        Assert.Equal(2_000, await grain.ReadAsync());
    }

    [Fact]
    public async Task Requests_to_many_grains_from_many_threads_lose_nothing()
    {
        var keys = Enumerable.Range(0, 20).Select(_ => TestCluster.NewKey()).ToArray();

        await Parallel.ForEachAsync(Enumerable.Range(0, 4_000), async (i, _) =>
            await cluster.Client.GetGrain<ITurnGrain>(keys[i % keys.Length]).AddAsync());

        foreach (var key in keys)
        {
            Assert.Equal(200, await cluster.Client.GetGrain<ITurnGrain>(key).ReadAsync());
        }
    }

    [Fact]
    public async Task A_request_waits_for_the_one_before_it()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);
        var held = grain.HoldAsync(key);
        await Gate.WaitAsync(key + "/held");

        var next = grain.ReadAsync();
        await grain.PeekAsync();

        Assert.False(next.IsCompleted);
        Gate.Open(key);
        await held;
        Assert.Equal(0, await next);
    }

    [Fact]
    public async Task An_interleaving_method_runs_while_another_request_waits()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);
        var held = grain.HoldAsync(key);
        await Gate.WaitAsync(key + "/held");

        Assert.Equal(0, await grain.PeekAsync());

        Assert.False(held.IsCompleted);
        Gate.Open(key);
        await held;
    }

    [Fact]
    public async Task Read_only_requests_interleave_with_each_other()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);

        await Task.WhenAll(grain.ReadWithAsync(key + "a", key + "b"), grain.ReadWithAsync(key + "b", key + "a"));
    }

    [Fact]
    public async Task A_read_only_request_waits_for_a_writing_one()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);
        var held = grain.HoldAsync(key);
        await Gate.WaitAsync(key + "/held");

        var read = grain.ReadWithAsync(key + "a", key + "a");
        await grain.PeekAsync();

        Assert.False(Gate.IsOpen(key + "a"));
        Gate.Open(key);
        await Task.WhenAll(held, read);
    }

    [Fact]
    public async Task Requests_to_a_reentrant_grain_interleave()
    {
        var key = TestCluster.NewKey();
        var grain = cluster.Client.GetGrain<IReentrantGrain>(key);

        await Task.WhenAll(grain.MeetAsync(key + "a", key + "b"), grain.MeetAsync(key + "b", key + "a"));
    }

    [Fact]
    public async Task Code_after_an_await_stays_on_the_activation()
    {
        Assert.True(await cluster.Client.GetGrain<ITurnGrain>(TestCluster.NewKey()).SchedulerStaysAsync());
    }

    [Fact]
    public async Task A_call_that_comes_back_to_its_caller_ends_as_a_timeout()
    {
        var grain = cluster.Client.GetGrain<ITurnGrain>(TestCluster.NewKey());

        Assert.False(await grain.CallBackAsync(TestCluster.NewKey(), allow: false));
    }

    [Fact]
    public async Task A_call_that_comes_back_runs_where_call_chain_reentrancy_is_allowed()
    {
        var grain = cluster.Client.GetGrain<ITurnGrain>(TestCluster.NewKey());

        Assert.True(await grain.CallBackAsync(TestCluster.NewKey(), allow: true));
    }

    [Fact]
    public async Task A_stateless_worker_has_several_activations()
    {
        var key = TestCluster.NewKey();
        var worker = cluster.Client.GetGrain<IWorkerGrain>(0);

        var ids = await Task.WhenAll(worker.MeetAsync(key + "a", key + "b"), worker.MeetAsync(key + "b", key + "a"));

        Assert.Equal(2, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_stateless_worker_has_no_more_activations_than_its_limit()
    {
        var key = TestCluster.NewKey();
        var worker = cluster.Client.GetGrain<IWorkerGrain>(1);
        Gate.Open(key);

        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => worker.MeetAsync(key, key)));

        Assert.InRange(ids.Distinct().Count(), 1, 2);
    }
}
