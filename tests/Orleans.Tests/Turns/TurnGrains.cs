using Orleans.Concurrency;
using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.Turns;

public interface ITurnGrain : IGrainWithStringKey
{
    Task AddAsync();

    Task<int> ReadAsync();

    Task HoldAsync(string gate);

    [AlwaysInterleave]
    Task<int> PeekAsync();

    [ReadOnly]
    Task ReadWithAsync(string mine, string other);

    Task<bool> SchedulerStaysAsync();

    Task<bool> CallBackAsync(string other, bool allow);

    [ResponseTimeout("00:00:02")]
    Task<string> CallAsync(string target);
}

/// <summary>A counter whose read and write are apart, so that any interleaving loses an update.</summary>
public class TurnGrain : Grain, ITurnGrain
{
    private int _value;
    private int _inside;

    public async Task AddAsync()
    {
        Assert.Equal(1, ++_inside);
        var read = _value;
        await Task.Yield();
        await Task.Run(static () => { });
        _value = read + 1;
        _inside--;
    }

    public Task<int> ReadAsync() => Task.FromResult(_value);

    public async Task HoldAsync(string gate)
    {
        Gate.Open(gate + "/held");
        await Gate.WaitAsync(gate);
    }

    public Task<int> PeekAsync() => Task.FromResult(_value);

    public async Task ReadWithAsync(string mine, string other)
    {
        Gate.Open(mine);
        await Gate.WaitAsync(other);
    }

    public async Task<bool> SchedulerStaysAsync()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        await Task.Run(() => Assert.NotSame(before, TaskScheduler.Current));
        return before != TaskScheduler.Default && before == TaskScheduler.Current;
    }

    public async Task<bool> CallBackAsync(string other, bool allow)
    {
        using var section = allow ? RequestContext.AllowCallChainReentrancy() : RequestContext.SuppressCallChainReentrancy();
        try
        {
            await GrainFactory.GetGrain<ITurnGrain>(other).CallAsync(this.GetPrimaryKeyString());
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async Task<string> CallAsync(string target)
    {
        await GrainFactory.GetGrain<ITurnGrain>(target).ReadAsync();
        return target;
    }
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task MeetAsync(string mine, string other);
}

[Reentrant]
public class ReentrantGrain : Grain, IReentrantGrain
{
    public async Task MeetAsync(string mine, string other)
    {
        Gate.Open(mine);
        await Gate.WaitAsync(other);
    }
}

public interface IWorkerGrain : IGrainWithIntegerKey
{
    Task<Guid> MeetAsync(string mine, string other);
}

[StatelessWorker(2)]
public class WorkerGrain : Grain, IWorkerGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public async Task<Guid> MeetAsync(string mine, string other)
    {
        Gate.Open(mine);
        await Gate.WaitAsync(other);
        return _id;
    }
}
