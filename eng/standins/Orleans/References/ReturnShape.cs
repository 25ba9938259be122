namespace Orleans.Runtime;

/// <summary>How a grain method returns.</summary>
internal enum ReturnKind
{
    /// <summary>Not in a way that a call can have.</summary>
    Unsupported,

    /// <summary>Nothing, and nobody waits.</summary>
    Void,

    /// <summary>A task.</summary>
    Task,

    /// <summary>A task of a value.</summary>
    TaskOf,

    /// <summary>A value task.</summary>
    ValueTask,

    /// <summary>A value task of a value.</summary>
    ValueTaskOf,

    /// <summary>A sequence that is pulled.</summary>
    AsyncEnumerable,
}

/// <summary>Waits for what a grain method returned, whatever its type.</summary>
internal abstract class ReturnShape
{
    public abstract ValueTask<object?> Await(object? returned);

    public static ReturnKind KindOf(Type type)
    {
        if (type == typeof(void))
        {
            return ReturnKind.Void;
        }

        if (type == typeof(Task))
        {
            return ReturnKind.Task;
        }

        if (type == typeof(ValueTask))
        {
            return ReturnKind.ValueTask;
        }

        if (!type.IsGenericType)
        {
            return ReturnKind.Unsupported;
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Task<>) ? ReturnKind.TaskOf
            : definition == typeof(ValueTask<>) ? ReturnKind.ValueTaskOf
            : definition == typeof(IAsyncEnumerable<>) ? ReturnKind.AsyncEnumerable
            : ReturnKind.Unsupported;
    }

    public static ReturnShape For(Type type) => KindOf(type) switch
    {
        ReturnKind.TaskOf => Make(typeof(TaskOf<>), type),
        ReturnKind.ValueTaskOf => Make(typeof(ValueTaskOf<>), type),
        ReturnKind.Task => new PlainTask(),
        ReturnKind.ValueTask => new PlainValueTask(),
        _ => new Nothing(),
    };

    private static ReturnShape Make(Type shape, Type type) =>
        (ReturnShape)Activator.CreateInstance(shape.MakeGenericType(type.GetGenericArguments()))!;

    private static InvalidOperationException ReturnedNull() => new("A grain method returned null instead of a task.");

    private sealed class Nothing : ReturnShape
    {
        public override ValueTask<object?> Await(object? returned) => default;
    }

    private sealed class PlainTask : ReturnShape
    {
        public override ValueTask<object?> Await(object? returned) =>
            returned is not Task task ? throw ReturnedNull()
            : task.IsCompletedSuccessfully ? default
            : Slow(task);

        private static async ValueTask<object?> Slow(Task task)
        {
            await task;
            return null;
        }
    }

    private sealed class PlainValueTask : ReturnShape
    {
        public override async ValueTask<object?> Await(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }
    }

    private sealed class TaskOf<T> : ReturnShape
    {
        public override ValueTask<object?> Await(object? returned) =>
            returned is not Task<T> task ? throw ReturnedNull()
            : task.IsCompletedSuccessfully ? new ValueTask<object?>(task.GetAwaiter().GetResult())
            : Slow(task);

        private static async ValueTask<object?> Slow(Task<T> task) => await task;
    }

    private sealed class ValueTaskOf<T> : ReturnShape
    {
        public override async ValueTask<object?> Await(object? returned) => await (ValueTask<T>)returned!;
    }
}
