using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.Calls;

public sealed class ContextTests(TestCluster cluster) : IClassFixture<TestCluster>
{
    private ICallGrain NewGrain() => cluster.Client.GetGrain<ICallGrain>(TestCluster.NewKey());

    [Fact]
    public async Task A_value_travels_with_the_call()
    {
        RequestContext.Set("key", "value");

        Assert.Equal("value", await NewGrain().ReadContextAsync("key"));
    }

    [Fact]
    public async Task A_value_travels_on_with_the_calls_of_the_grain()
    {
        RequestContext.Set("key", "value");

        Assert.Equal("value", await NewGrain().ForwardContextAsync("key", TestCluster.NewKey()));
    }

    [Fact]
    public async Task A_value_that_the_grain_changes_does_not_come_back()
    {
        RequestContext.Set("key", "value");
        await NewGrain().ChangeContextAsync("key");

        Assert.Equal("value", RequestContext.Get("key"));
    }

    [Fact]
    public async Task A_value_of_one_call_is_not_seen_by_the_next()
    {
        var grain = NewGrain();
        RequestContext.Set("key", "value");
        await grain.ReadContextAsync("key");
        RequestContext.Clear();

        Assert.Equal("nothing", await grain.ReadContextAsync("key"));
    }

    [Fact]
    public async Task A_mutable_value_is_copied()
    {
        var list = new List<string> { "mine" };
        RequestContext.Set("key", list);

        Assert.Equal(["mine", "added by the grain"], await NewGrain().ReadListAsync("key"));
        Assert.Equal(["mine"], list);
    }

    [Fact]
    public void Values_can_be_listed_and_removed()
    {
        RequestContext.Clear();
        RequestContext.Set("a", 1);
        RequestContext.Set("b", 2);

        Assert.Equal(["a", "b"], RequestContext.Keys.Order(StringComparer.Ordinal));
        Assert.True(RequestContext.Remove("a"));
        Assert.False(RequestContext.Remove("a"));
        Assert.Null(RequestContext.Get("a"));
        Assert.Equal(2, RequestContext.Get("b"));
    }
}
