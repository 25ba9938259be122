using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace W0rktree.Orleans.Tests.State;

public sealed class StateCluster : TestCluster
{
    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.AddKeyedSingleton<IGrainStorage>("faulty", static (_, _) => new FaultyStorage());
}

/// <summary>Fails a write in the way that the state's text says.</summary>
public sealed class FaultyStorage : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => (grainState.State as Note)?.Text switch
    {
        "conflict" => throw new InconsistentStateException("conflict", "stored", "known"),
        "io" => throw new IOException("disk"),
        _ => Task.CompletedTask,
    };

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}

public sealed class StateTests(StateCluster cluster) : IClassFixture<StateCluster>
{
    [Fact]
    public async Task Nothing_is_stored_at_first_and_the_state_is_new()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());

        Assert.Equal("", await grain.ReadAsync());
        Assert.Equal((null, false), await grain.InfoAsync());
    }

    [Fact]
    public async Task A_written_state_is_there_in_the_next_activation()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("kept");
        await cluster.Cluster.DeactivateAsync(grain);

        Assert.Equal("kept", await grain.ReadAsync());
        Assert.True((await grain.InfoAsync()).Exists);
    }

    [Fact]
    public async Task A_state_that_was_not_written_is_gone_in_the_next_activation()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("kept");
        await grain.ChangeWithoutWritingAsync("lost");
        await cluster.Cluster.DeactivateAsync(grain);

        Assert.Equal("kept", await grain.ReadAsync());
    }

    [Fact]
    public async Task Reading_again_brings_back_what_is_stored()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("kept");
        await grain.ChangeWithoutWritingAsync("lost");
        await grain.RereadAsync();

        Assert.Equal("kept", await grain.ReadAsync());
    }

    [Fact]
    public async Task Every_write_makes_a_new_version()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("one");
        var first = (await grain.InfoAsync()).ETag;
        await grain.WriteAsync("two");

        Assert.NotNull(first);
        Assert.NotEqual(first, (await grain.InfoAsync()).ETag);
    }

    [Fact]
    public async Task A_cleared_state_is_not_stored_any_more()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("kept");
        await grain.ClearAsync();

        Assert.False((await grain.InfoAsync()).Exists);
        await cluster.Cluster.DeactivateAsync(grain);
        Assert.Equal("", await grain.ReadAsync());
    }

    [Fact]
    public async Task Two_states_of_a_grain_are_apart()
    {
        var grain = cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("note");
        await grain.WriteOtherAsync("other");
        await cluster.Cluster.DeactivateAsync(grain);

        Assert.Equal(("note", "other"), (await grain.ReadAsync(), await grain.ReadOtherAsync()));
    }

    [Fact]
    public async Task The_state_of_a_grain_of_the_old_form_is_stored_too()
    {
        var grain = cluster.Client.GetGrain<IOldNoteGrain>(TestCluster.NewKey());
        await grain.WriteAsync("kept");
        await cluster.Cluster.DeactivateAsync(grain);

        Assert.Equal("kept", await grain.ReadAsync());
    }

    [Fact]
    public async Task A_version_conflict_reaches_the_caller_and_ends_the_activation()
    {
        var grain = cluster.Client.GetGrain<IFaultyNoteGrain>(TestCluster.NewKey());
        var life = await grain.LifeAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("conflict"));

        Assert.NotEqual(life, await grain.LifeAsync());
    }

    [Fact]
    public async Task A_version_conflict_that_the_grain_handles_does_not_end_the_activation()
    {
        var grain = cluster.Client.GetGrain<IFaultyNoteGrain>(TestCluster.NewKey());
        var life = await grain.LifeAsync();

        Assert.False(await grain.WriteAndSwallowAsync("conflict"));

        Assert.Equal(life, await grain.LifeAsync());
    }

    [Fact]
    public async Task Another_storage_error_is_wrapped_and_does_not_end_the_activation()
    {
        var grain = cluster.Client.GetGrain<IFaultyNoteGrain>(TestCluster.NewKey());
        var life = await grain.LifeAsync();

        var failure = await Assert.ThrowsAsync<OrleansException>(() => grain.WriteAsync("io"));

        Assert.IsType<IOException>(failure.InnerException);
        Assert.Equal(life, await grain.LifeAsync());
    }

    [Fact]
    public async Task A_provider_that_is_not_there_fails_the_activation()
    {
        // Orleans wraps what a grain's constructor throws.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => cluster.Client.GetGrain<IHomelessNoteGrain>(TestCluster.NewKey()).PingAsync());

        Assert.IsType<BadProviderConfigException>(failure.GetBaseException());
    }
}
