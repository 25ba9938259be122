namespace Orleans.Runtime;

/// <summary>Runs work as turns of an activation, one at a time.</summary>
public interface IWorkItemScheduler
{
    /// <summary>Queues an action.</summary>
    void QueueAction(Action action);

    /// <summary>Queues an action with its state.</summary>
    void QueueAction(Action<object> action, object state);

    /// <summary>Queues a task that has not been started.</summary>
    void QueueTask(Task task);
}
