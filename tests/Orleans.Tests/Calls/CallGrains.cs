using Orleans.Concurrency;
using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.Calls;

public interface ICallGrain : IGrainWithStringKey
{
    Task<string> UpperAsync(string text);

    Task<string> ReadContextAsync(string key);

    Task<string> ForwardContextAsync(string key, string next);

    Task ChangeContextAsync(string key);

    Task<List<string>> ReadListAsync(string key);

    [ResponseTimeout("00:00:01")]
    Task HangAsync(string gate);

    Task WaitForCancellationAsync(string gate, CancellationToken cancellationToken);

    [OneWay]
    Task NotifyAsync(string gate);

    [OneWay]
    Task NotifyAndFailAsync(string gate);

    Task<string> CallFromGrainAsync(string other);
}

public sealed class CallGrain : Grain, ICallGrain
{
    public Task<string> UpperAsync(string text) => Task.FromResult(text.ToUpperInvariant());

    public Task<string> ReadContextAsync(string key) => Task.FromResult(RequestContext.Get(key) as string ?? "nothing");

    public Task<string> ForwardContextAsync(string key, string next) => GrainFactory.GetGrain<ICallGrain>(next).ReadContextAsync(key);

    public Task ChangeContextAsync(string key)
    {
        RequestContext.Set(key, "changed");
        return Task.CompletedTask;
    }

    public Task<List<string>> ReadListAsync(string key)
    {
        var list = (List<string>)RequestContext.Get(key)!;
        list.Add("added by the grain");
        return Task.FromResult(list);
    }

    public async Task HangAsync(string gate) => await Gate.WaitAsync(gate);

    public async Task WaitForCancellationAsync(string gate, CancellationToken cancellationToken)
    {
        Gate.Open(gate + "/begun");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            Gate.Open(gate + "/ended");
        }
    }

    public async Task NotifyAsync(string gate)
    {
        await Task.Yield();
        Gate.Open(gate);
    }

    public Task NotifyAndFailAsync(string gate)
    {
        Gate.Open(gate);
        throw new InvalidOperationException("Nobody hears this.");
    }

    public Task<string> CallFromGrainAsync(string other) => GrainFactory.GetGrain<ICallGrain>(other).UpperAsync("who calls");
}
