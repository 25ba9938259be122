namespace Orleans.Runtime;

/// <summary>
/// The task scheduler of one activation: everything that is queued to it runs one at a time and in order,
/// with itself as <see cref="TaskScheduler.Current"/>, so that code after an await stays in the activation's turn.
/// </summary>
internal sealed class WorkQueue : TaskScheduler, IThreadPoolWorkItem, IWorkItemScheduler
{
    // After this many items the thread goes back to the pool, so that one busy grain does not keep it for ever.
    private const int ItemsPerSlice = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _tasks = new();
    private readonly ITurnExecutor _executor;
    private readonly IGrainContext? _context;
    private bool _scheduled;
    private bool _dead;

    public WorkQueue(ITurnExecutor executor, IGrainContext? context, string name)
    {
        _executor = executor;
        _context = context;
        Name = name;
    }

    /// <summary>Names the queue in traces.</summary>
    public string Name { get; }

    public override int MaximumConcurrencyLevel => 1;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _tasks.Count == 0;
            }
        }
    }

    /// <summary>Starts work without the flow of whoever asks for it.</summary>
    public void Run(Action<object?> work, object? state)
    {
        Task task;
        if (ExecutionContext.IsFlowSuppressed())
        {
            task = new Task(work, state);
        }
        else
        {
            using (ExecutionContext.SuppressFlow())
            {
                task = new Task(work, state);
            }
        }

        task.Start(this);
    }

    public void QueueAction(Action action) => Run(static a => ((Action)a!)(), action);

    public void QueueAction(Action<object> action, object state) =>
        Run(static s => ((ValueTuple<Action<object>, object>)s!).Item1(((ValueTuple<Action<object>, object>)s).Item2), (action, state));

    void IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    /// <summary>Drops all that waits and all that will come: the silo has crashed.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _dead = true;
            _tasks.Clear();
        }
    }

    public void Execute() => Execute(ItemsPerSlice);

    /// <summary>Runs up to a number of items, then asks for another slice if there are more.</summary>
    public void Execute(int limit)
    {
        var former = RuntimeContext.Exchange(_context);
        try
        {
            while (limit-- > 0 && TryDequeue(out var task))
            {
                TryExecuteTask(task);
            }
        }
        finally
        {
            RuntimeContext.Exchange(former);
        }

        lock (_gate)
        {
            if (_tasks.Count == 0)
            {
                _scheduled = false;
                return;
            }
        }

        _executor.Ready(this);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_dead)
            {
                return;
            }

            _tasks.Enqueue(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        _executor.Ready(this);
    }

    // Inline only what was never queued, and only from within a turn of the same activation: order and exclusivity stay.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _context is not null && ReferenceEquals(RuntimeContext.Current, _context)
        && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }

    private bool TryDequeue(out Task task)
    {
        lock (_gate)
        {
            return _tasks.TryDequeue(out task!);
        }
    }
}
