namespace W0rktree.Orleans.Tests.Calls;

public sealed class WaitingTests(TestCluster cluster) : IClassFixture<TestCluster>
{
    private ICallGrain NewGrain() => cluster.Client.GetGrain<ICallGrain>(TestCluster.NewKey());

    [Fact]
    public async Task A_call_without_an_answer_ends_as_a_timeout()
    {
        var gate = TestCluster.NewKey();

        await Assert.ThrowsAsync<TimeoutException>(() => NewGrain().HangAsync(gate));

        Gate.Open(gate);
    }

    [Fact]
    public async Task A_cancelled_call_ends_for_the_caller_and_in_the_grain()
    {
        var gate = TestCluster.NewKey();
        using var cancellation = new CancellationTokenSource();
        var call = NewGrain().WaitForCancellationAsync(gate, cancellation.Token);
        await Gate.WaitAsync(gate + "/begun");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Gate.WaitAsync(gate + "/ended");
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_made()
    {
        var gate = TestCluster.NewKey();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewGrain().WaitForCancellationAsync(gate, new CancellationToken(canceled: true)));

        Assert.False(Gate.IsOpen(gate + "/begun"));
    }

    [Fact]
    public async Task A_one_way_call_arrives()
    {
        var gate = TestCluster.NewKey();

        await NewGrain().NotifyAsync(gate);

        await Gate.WaitAsync(gate);
    }

    [Fact]
    public async Task A_one_way_call_hides_its_failure_from_the_caller()
    {
        var gate = TestCluster.NewKey();
        var grain = NewGrain();

        await grain.NotifyAndFailAsync(gate);

        await Gate.WaitAsync(gate);
        Assert.Equal("STILL HERE", await grain.UpperAsync("still here"));
    }
}
