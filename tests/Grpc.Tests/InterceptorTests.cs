using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Interceptors_of_the_server_run_in_their_order_around_all_four_kinds()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await TrialServer.StartAsync(
            options =>
            {
                options.Interceptors.Add<Recorder>("outer");
                options.Interceptors.Add<Recorder>("inner");
            },
            services =>
            {
                services.AddSingleton(log);
                services.AddScoped<ScopeMark>();
            });
        var client = server.Client();

        await client.EchoAsync(new Ask());
        AssertLog(log, "outer Echo in", "inner Echo in", "inner Echo out", "outer Echo out");

        using var collect = client.Collect();
        await collect.RequestStream.CompleteAsync();
        await collect;
        AssertLog(log, "outer Collect in", "inner Collect in", "inner Collect out", "outer Collect out");

        using var repeat = client.Repeat(new Ask { Count = 1 });
        Assert.Single(await Messages(repeat.ResponseStream));
        AssertLog(log, "outer Repeat in", "inner Repeat in", "inner Repeat out", "outer Repeat out");

        using var converse = client.Converse();
        await converse.RequestStream.CompleteAsync();
        Assert.Empty(await Messages(converse.ResponseStream));
        AssertLog(log, "outer Converse in", "inner Converse in", "inner Converse out", "outer Converse out");
    }

    [Fact]
    public async Task An_interceptor_may_refuse_a_call()
    {
        await using var server = await TrialServer.StartAsync(
            options => options.Interceptors.Add<Refuser>());
        server.Handlers.Echo = (_, _) => throw new InvalidOperationException("must not be reached");
        var e = await Assert.ThrowsAsync<RpcException>(async () => await server.Client().EchoAsync(new Ask()));
        Assert.Equal((StatusCode.Unauthenticated, "who?"), (e.StatusCode, e.Status.Detail));
        using var call = server.Client().Converse();
        e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
    }

    [Fact]
    public async Task Each_call_has_a_scope_of_its_own_that_ends_with_it()
    {
        await using var server = await TrialServer.StartAsync(services: services => services.AddScoped<ScopeMark>());
        var marks = new ConcurrentBag<ScopeMark>();
        server.Handlers.Echo = (_, context) =>
        {
            var mark = context.GetHttpContext().RequestServices.GetRequiredService<ScopeMark>();
            Assert.Same(mark, context.GetHttpContext().RequestServices.GetRequiredService<ScopeMark>());
            Assert.False(mark.Disposed.IsCompleted);
            marks.Add(mark);
            return Task.FromResult(new Answer());
        };
        await server.Client().EchoAsync(new Ask());
        await server.Client().EchoAsync(new Ask());
        Assert.Equal(2, marks.Distinct().Count());
        await Task.WhenAll(marks.Select(mark => mark.Disposed)).WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task Interceptors_of_the_client_run_in_their_order_and_may_add_headers()
    {
        await using var server = await TrialServer.StartAsync();
        server.Handlers.Echo = (_, context) => Task.FromResult(new Answer { Text = Traces(context) });
        server.Handlers.Converse = async (_, answers, context) =>
            await answers.WriteAsync(new Answer { Text = Traces(context) });
        var invoker = server.Channel().Intercept(new Tracer("first"), new Tracer("second")).Intercept(headers =>
        {
            headers.Add("trace", "zeroth");
            return headers;
        });
        var client = new Trial.TrialClient(invoker);
        Assert.Equal("zeroth first second", (await client.EchoAsync(new Ask())).Text);
        using var call = client.Converse();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("zeroth first second", call.ResponseStream.Current.Text);
    }

    /// <summary>Reads the traces; HTTP may join the values of one key into one line.</summary>
    private static string Traces(ServerCallContext context) =>
        string.Join(' ', context.RequestHeaders.GetAll("trace").SelectMany(entry => entry.Value.Split(',', StringSplitOptions.TrimEntries)));

    private static async Task<List<Answer>> Messages(IAsyncStreamReader<Answer> stream)
    {
        List<Answer> messages = [];
        await foreach (var message in stream.ReadAllAsync())
        {
            messages.Add(message);
        }

        return messages;
    }

    private static void AssertLog(ConcurrentQueue<string> log, params string[] expected)
    {
        Assert.Equal(expected, log);
        log.Clear();
    }

    private sealed class ScopeMark : IDisposable
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        public void Dispose() => _disposed.SetResult();
    }

    private sealed class Recorder(string name, ConcurrentQueue<string> log, ScopeMark mark) : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            using var _ = Record(context);
            return await continuation(request, context);
        }

        public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            using var _ = Record(context);
            return await continuation(requestStream, context);
        }

        public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            using var _ = Record(context);
            await continuation(request, responseStream, context);
        }

        public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            using var _ = Record(context);
            await continuation(requestStream, responseStream, context);
        }

        private Leave Record(ServerCallContext context)
        {
            Assert.Same(mark, context.GetHttpContext().RequestServices.GetRequiredService<ScopeMark>());
            var line = $"{name} {context.Method.Split('/')[^1]}";
            log.Enqueue(line + " in");
            return new Leave(() => log.Enqueue(line + " out"));
        }

        private sealed class Leave(Action leave) : IDisposable
        {
            public void Dispose() => leave();
        }
    }

    private sealed class Refuser : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, "who?"));

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, "who?"));
    }

    private sealed class Tracer(string name) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Traced(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(Traced(context));

        private ClientInterceptorContext<TRequest, TResponse> Traced<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class
        {
            var headers = context.Options.Headers ?? [];
            headers.Add("trace", name);
            return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }
}
