using Orleans;
using Orleans.Concurrency;
using Orleans.TestingHost;
using Xunit;

namespace W0rktree.Orleans.Tests;

/// <summary>A counter whose read and write are apart, so that any interleaving loses an update.</summary>
public interface ISlowCounterGrain : IGrainWithStringKey
{
    Task AddAsync();

    Task<int> ReadAsync();

    [AlwaysInterleave]
    Task<int> PeekAsync();
}

public sealed class SlowCounterGrain : Grain, ISlowCounterGrain
{
    private int _value;

    public async Task AddAsync()
    {
        var read = _value;
        await Task.Yield();
        await Task.Run(static () => { });
        _value = read + 1;
    }

    public Task<int> ReadAsync() => Task.FromResult(_value);

    public Task<int> PeekAsync() => Task.FromResult(_value);
}

public sealed class ExclusivityTests
{
    [Fact]
    public async Task Requests_to_one_grain_never_interleave()
    {
        var builder = new InProcessTestClusterBuilder();
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var grain = cluster.Client.GetGrain<ISlowCounterGrain>("one");
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => grain.AddAsync()));
        Assert.Equal(2_000, await grain.ReadAsync());
    }
}
