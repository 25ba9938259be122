using W0rktree.Grains.State;

namespace W0rktree.Grains.Tests.State;

public class GroupCommitTests
{
    private readonly Queue<TaskCompletionSource> _writes = new();
    private int _started;

    [Fact]
    public async Task What_arrives_during_a_write_shares_one_more()
    {
        var commit = new GroupCommit(WriteAsync);
        var first = commit.RunAsync();
        Task[] during = [commit.RunAsync(), commit.RunAsync(), commit.RunAsync()];

        Assert.Equal(1, _started);
        _writes.Dequeue().SetResult();
        await first;
        Assert.Equal(2, _started);
        Assert.All(during, t => Assert.False(t.IsCompleted));
        _writes.Dequeue().SetResult();
        await Task.WhenAll(during);

        Assert.Equal(2, _started);
    }

    [Fact]
    public async Task A_failure_reaches_those_whose_write_it_was_and_nobody_else()
    {
        var commit = new GroupCommit(WriteAsync);
        var first = commit.RunAsync();
        Task[] during = [commit.RunAsync(), commit.RunAsync()];

        _writes.Dequeue().SetResult();
        await first;
        _writes.Dequeue().SetException(new IOException("full"));
        foreach (var task in during)
        {
            await Assert.ThrowsAsync<IOException>(() => task);
        }

        var after = commit.RunAsync();
        _writes.Dequeue().SetResult();
        await after;
    }

    [Fact]
    public async Task A_failed_write_does_not_keep_those_behind_it_waiting()
    {
        var commit = new GroupCommit(WriteAsync);
        var first = commit.RunAsync();
        var behind = commit.RunAsync();

        _writes.Dequeue().SetException(new IOException("full"));
        await Assert.ThrowsAsync<IOException>(() => first);
        _writes.Dequeue().SetResult();

        await behind;
    }

    private Task WriteAsync()
    {
        _started++;
        var write = new TaskCompletionSource();
        _writes.Enqueue(write);
        return write.Task;
    }
}
