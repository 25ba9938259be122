using System.Globalization;
using Orleans.Runtime;

namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>Runs everything on one thread: of the queues that have work the seed chooses the next, and time moves when none has.</summary>
internal sealed class SimulationExecutor : ITurnExecutor
{
    private readonly SimulationOptions _options;
    private readonly List<WorkQueue> _ready = [];
    private readonly List<string> _trace = [];
    private readonly ManualResetEventSlim _escaped = new();
    private string? _escape;
    private int _thread;
    private int _steps;
    private ulong _activations;

    public SimulationExecutor(ulong seed, SimulationOptions options)
    {
        _options = options;
        Random = new SeededRandom(seed);
        Clock = new SimulatedTime(CheckThread);
        _thread = Environment.CurrentManagedThreadId;
    }

    public SimulatedTime Clock { get; }

    public SeededRandom Random { get; }

    public IReadOnlyList<string> Trace => _trace;

    public TimeProvider Time => Clock;

    public TaskCreationOptions CompletionOptions => TaskCreationOptions.None;

    public void Ready(WorkQueue queue)
    {
        if (IsForeign())
        {
            return;
        }

        _ready.Add(queue);
    }

    public void Deliver<T>(GrainId to, T message, Action<T> arrive)
    {
        if (IsForeign())
        {
            return;
        }

        if (Random.Chance(_options.LostMessages))
        {
            Write($"lost {Describe(to, message)}");
            return;
        }

        Clock.After(Random.Between(_options.MinDelay, _options.MaxDelay), () =>
        {
            Write($"arrives {Describe(to, message)}");
            arrive(message);
        });
    }

    public int Choose(int bound) => Random.Below(bound);

    public ActivationId NewActivationId()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ++_activations);
        return new ActivationId(new Guid(bytes, bigEndian: true));
    }

    public void Write(string line) =>
        _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Clock.Elapsed.TotalMilliseconds,12:F4} {line}"));

    /// <summary>Runs until a task is done. Returns what went wrong with the simulation itself, or null.</summary>
    public string? RunUntil(Func<bool> isDone)
    {
        _thread = Environment.CurrentManagedThreadId;
        while (!isDone())
        {
            if (_escape is not null)
            {
                return _escape;
            }

            if (++_steps > _options.MaxSteps)
            {
                return $"more than {_options.MaxSteps} steps: the scenario does not end";
            }

            if (_ready.Count > 0)
            {
                RunOne();
            }
            else if (!Clock.Step())
            {
                return Stalled();
            }
            else if (Clock.Elapsed > _options.MaxTime)
            {
                return $"more than {_options.MaxTime} of virtual time: the scenario does not end";
            }
        }

        return _escape;
    }

    private void RunOne()
    {
        var index = _ready.Count == 1 ? 0 : Random.Below(_ready.Count);
        var queue = _ready[index];
        _ready.RemoveAt(index);
        Write($"turn {queue.Name}");
        queue.Execute(1);
    }

    private string Stalled()
    {
        // Work that left for the thread pool may be on its way back: wait a little, only to name the cause.
        _escaped.Wait(TimeSpan.FromMilliseconds(200));
        return _escape ?? "nothing can go on: the scenario waits for something that never comes, or its work left the simulation "
            + "(Task.Run, a delay without the silo's TimeProvider, real input or output)";
    }

    private void CheckThread() => IsForeign();

    private bool IsForeign()
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref _escape, "work left the simulation and came back on another thread:" + Environment.NewLine + Environment.StackTrace, null) is null)
        {
            _escaped.Set();
        }

        return true;
    }

    private static string Describe<T>(GrainId to, T message) => message switch
    {
        GrainCall call => $"call {call.Method.InterfaceType.Name}.{call.Method.Name} {call.SourceId} -> {to}",
        ValueTuple<PendingCall, object?, Exception?> response =>
            $"response {response.Item1.Method.InterfaceType.Name}.{response.Item1.Method.Name} {response.Item1.Target} -> {to}{(response.Item3 is { } e ? " " + e.GetType().Name : "")}",
        _ => $"message -> {to}",
    };
}
