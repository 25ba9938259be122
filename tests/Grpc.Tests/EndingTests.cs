using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>Deadlines, cancellation and disposal: the ways in which a call ends before its handler does.</summary>
public sealed class EndingTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TrialServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TrialServer.StartAsync();
        _server.Handlers.Echo = async (_, context) =>
        {
            await UntilStopped(context);
            return new Answer();
        };
        _server.Handlers.Collect = async (asks, context) =>
        {
            await UntilStopped(context);
            return new Answer();
        };
        _server.Handlers.Repeat = (_, _, context) => UntilStopped(context);
        _server.Handlers.Converse = (_, _, context) => UntilStopped(context);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        using var call = _server.Client().EchoAsync(new Ask(), deadline: DateTime.UtcNow.AddMilliseconds(300));
        await _entered.Task.WaitAsync(TrialServer.Patience);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_that_is_being_read()
    {
        using var call = _server.Client().Repeat(new Ask(), deadline: DateTime.UtcNow.AddMilliseconds(300));
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_ends_the_call_before_it_is_sent()
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client().EchoAsync(new Ask(), deadline: DateTime.UtcNow.AddSeconds(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.False(_entered.Task.IsCompleted);
    }

    [Fact]
    public async Task A_handler_knows_the_deadline()
    {
        var deadline = DateTime.UtcNow.AddMinutes(5);
        var seen = DateTime.MinValue;
        _server.Handlers.Echo = (_, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(new Answer());
        };
        await _server.Client().EchoAsync(new Ask(), deadline: deadline);
        Assert.InRange(seen, deadline.AddSeconds(-2), deadline.AddSeconds(60));
        Assert.Equal(DateTimeKind.Utc, seen.Kind);
    }

    [Fact]
    public void A_deadline_in_local_time_is_refused() => Assert.Throws<InvalidOperationException>(
        () => _server.Client().EchoAsync(new Ask(), deadline: DateTime.SpecifyKind(DateTime.UnixEpoch.AddYears(100), DateTimeKind.Local)));

    [Fact]
    public async Task Cancelling_a_unary_call_cancels_its_handler()
    {
        using var source = new CancellationTokenSource();
        using var call = _server.Client().EchoAsync(new Ask(), cancellationToken: source.Token);
        await _entered.Task.WaitAsync(TrialServer.Patience);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task Cancelling_a_read_cancels_the_call()
    {
        using var source = new CancellationTokenSource();
        using var call = _server.Client().Converse();
        var read = call.ResponseStream.MoveNext(source.Token);
        await _entered.Task.WaitAsync(TrialServer.Patience);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task Disposing_a_call_whose_responses_nobody_reads_cancels_its_handler()
    {
        var call = _server.Client().Repeat(new Ask());
        await _entered.Task.WaitAsync(TrialServer.Patience);
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task Disposing_a_call_in_the_middle_of_its_responses_cancels_its_handler()
    {
        _server.Handlers.Repeat = async (_, answers, context) =>
        {
            await answers.WriteAsync(new Answer { Text = "first" });
            await UntilStopped(context);
        };
        var call = _server.Client().Repeat(new Ask());
        Assert.True(await call.ResponseStream.MoveNext());
        call.Dispose();
        await _stopped.Task.WaitAsync(TrialServer.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Disposing_a_call_whose_requests_are_not_complete_cancels_its_handler()
    {
        var call = _server.Client().Collect();
        await _entered.Task.WaitAsync(TrialServer.Patience);
        await call.RequestStream.WriteAsync(new Ask());
        call.Dispose();
        await _stopped.Task.WaitAsync(TrialServer.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.RequestStream.WriteAsync(new Ask()));
    }

    [Fact]
    public async Task A_cancelled_client_fails_the_handlers_read()
    {
        var read = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Handlers.Converse = async (asks, _, _) =>
        {
            _entered.SetResult();
            read.SetResult(await Record.ExceptionAsync(() => asks.MoveNext()));
        };
        var call = _server.Client().Converse();
        await _entered.Task.WaitAsync(TrialServer.Patience);
        call.Dispose();
        Assert.NotNull(await read.Task.WaitAsync(TrialServer.Patience));
    }

    [Fact]
    public async Task Disposing_the_channel_cancels_its_calls()
    {
        var channel = _server.Channel();
        var client = new Trial.TrialClient(channel);
        var call = client.EchoAsync(new Ask());
        await _entered.Task.WaitAsync(TrialServer.Patience);
        channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await _stopped.Task.WaitAsync(TrialServer.Patience);
        Assert.Throws<ObjectDisposedException>(() => client.EchoAsync(new Ask()));
    }

    [Fact]
    public async Task On_request_cancellation_and_deadlines_throw_OperationCanceledException()
    {
        var client = _server.Client(options => options.ThrowOperationCanceledOnCancellation = true);
        using var source = new CancellationTokenSource();
        using var call = client.EchoAsync(new Ask(), cancellationToken: source.Token);
        await _entered.Task.WaitAsync(TrialServer.Patience);
        await source.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
        Assert.Equal(source.Token, e.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.EchoAsync(new Ask(), deadline: DateTime.UtcNow.AddMilliseconds(50)));
    }

    [Fact]
    public void The_status_of_a_call_that_runs_cannot_be_had()
    {
        using var call = _server.Client().EchoAsync(new Ask());
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    private async Task UntilStopped(ServerCallContext context)
    {
        _entered.TrySetResult();
        try
        {
            await Task.Delay(TrialServer.Patience, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            _stopped.TrySetResult();
            throw;
        }
    }
}
