namespace W0rktree.Orleans.Tests.Values;

public sealed class ExceptionTests(TestCluster cluster) : IClassFixture<TestCluster>
{
    private IEchoGrain NewGrain() => cluster.Client.GetGrain<IEchoGrain>(TestCluster.NewKey());

    [Fact]
    public async Task An_exception_keeps_its_type_and_message()
    {
        var failure = await Assert.ThrowsAsync<KeyNotFoundException>(() => NewGrain().FailAsync("missing"));

        Assert.Equal("missing", failure.Message);
    }

    [Fact]
    public async Task An_exception_shows_where_it_was_thrown()
    {
        var failure = await Assert.ThrowsAsync<KeyNotFoundException>(() => NewGrain().FailAsync("missing"));

        Assert.Contains(nameof(EchoGrain), failure.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_of_the_application_keeps_its_members()
    {
        var failure = await Assert.ThrowsAsync<TeapotException>(() => NewGrain().FailAsync("teapot"));

        Assert.Equal("short and stout", failure.Message);
        Assert.Equal(90, failure.Temperature);
    }

    [Fact]
    public async Task An_inner_exception_arrives_with_the_outer_one()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => NewGrain().FailAsync("inner"));

        Assert.Equal("inner", Assert.IsType<FormatException>(failure.InnerException).Message);
    }

    [Fact]
    public async Task A_grain_that_failed_takes_the_next_request()
    {
        var grain = NewGrain();
        await Assert.ThrowsAsync<ArgumentException>(() => grain.FailAsync("argument"));

        Assert.Equal(3, await grain.SumAsync([1, 2]));
    }

    [Fact]
    public async Task A_cancellation_in_the_grain_is_a_cancellation_at_the_caller()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewGrain().FailAsync("canceled"));
    }
}
