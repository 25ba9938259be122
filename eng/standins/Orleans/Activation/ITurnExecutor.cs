namespace Orleans.Runtime;

/// <summary>Decides where and when turns run and messages arrive: the thread pool, or a simulation.</summary>
internal interface ITurnExecutor
{
    /// <summary>The clock of timers, timeouts and collection.</summary>
    TimeProvider Time { get; }

    /// <summary>A queue has work.</summary>
    void Ready(WorkQueue queue);

    /// <summary>Carries a message to where it is handled.</summary>
    void Deliver<T>(GrainId to, T message, Action<T> arrive);

    /// <summary>Says how a caller's task continues: on the pool, or on the simulation's thread.</summary>
    TaskCreationOptions CompletionOptions { get; }

    /// <summary>A choice below a bound; seeded in a simulation.</summary>
    int Choose(int bound);

    /// <summary>The identity of the next activation; counted in a simulation.</summary>
    ActivationId NewActivationId();
}

/// <summary>Runs turns on the thread pool and delivers messages at once.</summary>
internal sealed class PoolExecutor(TimeProvider time) : ITurnExecutor
{
    public TimeProvider Time => time;

    public TaskCreationOptions CompletionOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    public void Ready(WorkQueue queue) => ThreadPool.UnsafeQueueUserWorkItem(queue, preferLocal: true);

    public void Deliver<T>(GrainId to, T message, Action<T> arrive) => arrive(message);

    public int Choose(int bound) => Random.Shared.Next(bound);

    public ActivationId NewActivationId() => ActivationId.NewId();
}
