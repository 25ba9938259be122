using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.Life;

public interface ILifeGrain : IGrainWithStringKey
{
    Task<Guid> IdAsync();

    Task LeaveAsync();

    Task DelayAsync(TimeSpan time);

    Task HoldAsync(string gate);

    Task TickAsync(TimeSpan period, string gate, int count);

    Task TickWhileBusyAsync(string gate);

    Task DisposeTimerAsync();
}

public class LifeGrain : Grain, ILifeGrain, IDisposable
{
    private readonly Guid _id = Guid.NewGuid();
    private IGrainTimer? _timer;
    private int _ticks;
    private bool _busy;

    public Task<Guid> IdAsync() => Task.FromResult(_id);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        Gate.Open(gate + "/held");
        await Gate.WaitAsync(gate);
    }

    public Task TickAsync(TimeSpan period, string gate, int count)
    {
        _timer = this.RegisterGrainTimer(
            static (state, _) => state.Grain.OnTickAsync(state.Gate, state.Count), (Grain: this, Gate: gate, Count: count), TimeSpan.Zero, period);
        return Task.CompletedTask;
    }

    public async Task TickWhileBusyAsync(string gate)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                Gate.Open(gate, _busy ? "interleaved" : "waited");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        // An interleaving tick, due after the other one, says that both have been due while this request runs.
        this.RegisterGrainTimer(
            _ =>
            {
                Gate.Open(gate + "/due");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan) { Interleave = true });
        _busy = true;
        await Gate.WaitAsync(gate + "/due");
        _busy = false;
    }

    public Task DisposeTimerAsync()
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Gate.Open(this.GetPrimaryKeyString() + "/left", reason.ReasonCode);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Gate.Open(this.GetPrimaryKeyString() + "/disposed");
        GC.SuppressFinalize(this);
    }

    private Task OnTickAsync(string gate, int count)
    {
        if (++_ticks == count)
        {
            Gate.Open(gate);
        }

        return Task.CompletedTask;
    }
}

public interface IStillbornGrain : IGrainWithStringKey
{
    Task<bool> IsUpAsync();
}

/// <summary>Comes up once the gate with the name of its key is open.</summary>
public sealed class StillbornGrain : Grain, IStillbornGrain
{
    public Task<bool> IsUpAsync() => Task.FromResult(true);

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        Gate.IsOpen(this.GetPrimaryKeyString()) ? Task.CompletedTask : throw new KeyNotFoundException("not yet");
}

public interface IRemindedGrain : IGrainWithStringKey
{
    Task RemindAsync(string name, TimeSpan due, TimeSpan period);

    Task<string[]> NamesAsync();

    Task ForgetAsync(string name);
}

public sealed class RemindedGrain : Grain, IRemindedGrain, IRemindable
{
    public Task RemindAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<string[]> NamesAsync() => [.. (await this.GetReminders()).Select(static r => r.ReminderName).Order(StringComparer.Ordinal)];

    public async Task ForgetAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Gate.Open($"{this.GetPrimaryKeyString()}/{reminderName}", status.Period);
        return Task.CompletedTask;
    }
}
