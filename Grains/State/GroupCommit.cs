namespace W0rktree.Grains.State;

/// <summary>Lets the interleaving calls of one grain share writes: those that arrive while one runs wait for one more, together.</summary>
/// <remarks>Runs on its grain's scheduler only, so it needs no lock.</remarks>
/// <param name="write">Writes everything that is pending when it starts.</param>
internal sealed class GroupCommit(Func<Task> write)
{
    private bool _running;
    private TaskCompletionSource? _next;

    /// <summary>Ends when a write that started after this call has ended, and fails with it.</summary>
    public Task RunAsync()
    {
        if (!_running)
        {
            return DriveAsync();
        }

        _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _next.Task;
    }

    private async Task DriveAsync()
    {
        _running = true;
        try
        {
            await write();
        }
        finally
        {
            _running = false;
            if (_next is { } waiting)
            {
                _next = null;
                _ = PassOnAsync(waiting);
            }
        }
    }

    private async Task PassOnAsync(TaskCompletionSource waiting)
    {
        try
        {
            await DriveAsync();
            waiting.SetResult();
        }
        catch (Exception e)
        {
            waiting.SetException(e);
        }
    }
}
