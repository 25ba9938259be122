using Orleans.Runtime;

namespace W0rktree.Simulation.Tests;

public interface IClockGrain : IGrainWithStringKey
{
    Task StartTimerAsync(TimeSpan period);

    Task<IReadOnlyList<DateTimeOffset>> TicksAsync();

    Task<Guid> LifeAsync();

    Task SleepAsync(TimeSpan time);

    Task LeaveAsync();

    [ResponseTimeout("01:00:00")]
    Task CallAsync(string other);

    Task<string> KeepAsync(string value);

    Task<string> ReadAsync();
}

public sealed class ClockGrain([PersistentState("clock")] IPersistentState<Kept> state, TimeProvider clock) : Grain, IClockGrain
{
    private readonly List<DateTimeOffset> _ticks = [];
    private readonly Guid _life = Guid.NewGuid();

    public Task StartTimerAsync(TimeSpan period)
    {
        this.RegisterGrainTimer(() =>
        {
            _ticks.Add(clock.GetUtcNow());
            return Task.CompletedTask;
        }, new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DateTimeOffset>> TicksAsync() => Task.FromResult<IReadOnlyList<DateTimeOffset>>(_ticks.ToArray());

    public Task<Guid> LifeAsync() => Task.FromResult(_life);

    public Task SleepAsync(TimeSpan time) => Task.Delay(time, clock);

    public async Task LeaveAsync()
    {
        // The work on the pool ends only when its continuation is registered; done before, nothing would come back from there.
        using var registered = new ManualResetEventSlim();
        var awaited = AwaitAsync(Task.Run(registered.Wait));
        registered.Set();
        await awaited;

        static async Task AwaitAsync(Task work) => await work;
    }

    public Task CallAsync(string other) => GrainFactory.GetGrain<IClockGrain>(other).CallAsync(this.GetPrimaryKeyString());

    public async Task<string> KeepAsync(string value)
    {
        state.State = new Kept { Value = value };
        await state.WriteStateAsync();
        return state.Etag!;
    }

    public Task<string> ReadAsync() => Task.FromResult(state.State.Value);
}

[GenerateSerializer]
public sealed record Kept
{
    [Id(0)]
    public string Value { get; init; } = "";
}
