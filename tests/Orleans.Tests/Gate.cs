using System.Collections.Concurrent;

namespace W0rktree.Orleans.Tests;

/// <summary>Lets a test and the grains of the same process wait for each other by name, without sleeping.</summary>
public static class Gate
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource<object?>> Sources = new();

    public static void Open(string name, object? value = null) => Of(name).TrySetResult(value);

    public static Task<object?> WaitAsync(string name) => Of(name).Task.WaitAsync(TimeSpan.FromSeconds(20));

    public static bool IsOpen(string name) => Of(name).Task.IsCompleted;

    private static TaskCompletionSource<object?> Of(string name) =>
        Sources.GetOrAdd(name, _ => new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously));
}
