using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.Calls;

public interface IFilteredGrain : IGrainWithStringKey
{
    Task<string> EchoAsync(string text);

    Task<string> EchoThroughAsync(string other, string text);

    [Forbidden]
    Task ForbiddenAsync();
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class ForbiddenAttribute : Attribute;

public sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    public Task<string> EchoAsync(string text) => Task.FromResult(text);

    public Task<string> EchoThroughAsync(string other, string text) => GrainFactory.GetGrain<IFilteredGrain>(other).EchoAsync(text);

    public Task ForbiddenAsync() => throw new InvalidOperationException("The filter let this through.");

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.Result is string text)
        {
            context.Result = text + " own";
        }
    }
}

public sealed record Seen(string Side, string Method, string Implementation, GrainId? Source, GrainId Target);

public sealed class FilterCluster : TestCluster
{
    public static ConcurrentQueue<Seen> Calls { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        silo.AddIncomingGrainCallFilter<WatchingFilter>();
        silo.AddIncomingGrainCallFilter(async context =>
        {
            if (context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is "replace")
            {
                context.Request.SetArgument(0, "replaced");
            }

            await context.Invoke();
            if (context.Result is string text && context.Grain is FilteredGrain)
            {
                context.Result = text + " outer";
            }
        });
        silo.AddOutgoingGrainCallFilter(async context =>
        {
            if (context.InterfaceMethod.DeclaringType == typeof(IFilteredGrain))
            {
                Calls.Enqueue(new Seen("out", context.MethodName, "", context.SourceId, context.TargetId));
            }

            await context.Invoke();
        });
    }
}

public sealed class WatchingFilter(IGrainFactory factory) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        Assert.NotNull(factory);
        if (context.InterfaceMethod.IsDefined(typeof(ForbiddenAttribute), inherit: false))
        {
            throw new UnauthorizedAccessException("forbidden");
        }

        if (context.Grain is FilteredGrain)
        {
            FilterCluster.Calls.Enqueue(new Seen("in", context.MethodName, context.ImplementationMethod.DeclaringType!.Name, context.SourceId, context.TargetId));
        }

        await context.Invoke();
    }
}

public sealed class FilterTests(FilterCluster cluster) : IClassFixture<FilterCluster>
{
    private IFilteredGrain NewGrain() => cluster.Client.GetGrain<IFilteredGrain>(TestCluster.NewKey());

    [Fact]
    public async Task Filters_wrap_the_method_in_their_order_and_the_grain_is_the_last()
    {
        Assert.Equal("text own outer", await NewGrain().EchoAsync("text"));
    }

    [Fact]
    public async Task A_filter_can_replace_an_argument()
    {
        Assert.Equal("replaced own outer", await NewGrain().EchoAsync("replace"));
    }

    [Fact]
    public async Task A_filter_that_throws_keeps_the_method_from_running()
    {
        var failure = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => NewGrain().ForbiddenAsync());

        Assert.Equal("forbidden", failure.Message);
    }

    [Fact]
    public async Task A_filter_sees_who_calls_whom_and_by_which_method()
    {
        var (first, second) = (NewGrain(), NewGrain());

        await first.EchoThroughAsync(second.GetPrimaryKeyString(), "text");

        var calls = FilterCluster.Calls.ToArray();
        var fromClient = Assert.Single(calls, c => c.Side == "in" && c.Target == first.GetGrainId());
        Assert.True(fromClient.Source!.Value.IsClient());
        Assert.Equal(nameof(FilteredGrain), fromClient.Implementation);
        Assert.Equal("EchoThroughAsync", fromClient.Method);
        var fromGrain = Assert.Single(calls, c => c.Side == "in" && c.Target == second.GetGrainId());
        Assert.Equal(first.GetGrainId(), fromGrain.Source);
        var outgoing = Assert.Single(calls, c => c.Side == "out" && c.Target == second.GetGrainId());
        Assert.Equal(first.GetGrainId(), outgoing.Source);
    }

    [Fact]
    public void Filters_take_their_dependencies_from_the_silo()
    {
        Assert.Contains(cluster.Cluster.GetSiloServiceProvider().GetServices<IIncomingGrainCallFilter>(), static f => f is WatchingFilter);
    }
}
