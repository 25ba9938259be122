using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>The handlers of one test.</summary>
public sealed class TrialHandlers
{
    public UnaryServerMethod<Ask, Answer> Echo { get; set; } =
        (ask, _) => Task.FromResult(new Answer { Text = ask.Text, Data = ask.Data });

    public ClientStreamingServerMethod<Ask, Answer> Collect { get; set; } = async (asks, _) =>
    {
        var answer = new Answer();
        await foreach (var ask in asks.ReadAllAsync(CancellationToken.None))
        {
            answer.Text += ask.Text;
            answer.Total += ask.Data.Length;
        }

        return answer;
    };

    public ServerStreamingServerMethod<Ask, Answer> Repeat { get; set; } = async (ask, answers, _) =>
    {
        for (var i = 0; i < ask.Count; i++)
        {
            await answers.WriteAsync(new Answer { Text = ask.Text, Total = i, Data = Payloads.Bytes(ask.Size, i) });
        }
    };

    public DuplexStreamingServerMethod<Ask, Answer> Converse { get; set; } = async (asks, answers, _) =>
    {
        await foreach (var ask in asks.ReadAllAsync(CancellationToken.None))
        {
            await answers.WriteAsync(new Answer { Text = ask.Text, Data = ask.Data });
        }
    };
}

/// <summary>The service, one instance for each call.</summary>
public sealed class TrialService(TrialHandlers handlers) : Trial.TrialBase
{
    public override Task<Answer> Echo(Ask request, ServerCallContext context) => handlers.Echo(request, context);

    public override Task<Answer> Collect(IAsyncStreamReader<Ask> requestStream, ServerCallContext context) => handlers.Collect(requestStream, context);

    public override Task Repeat(Ask request, IServerStreamWriter<Answer> responseStream, ServerCallContext context) =>
        handlers.Repeat(request, responseStream, context);

    public override Task Converse(IAsyncStreamReader<Ask> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context) =>
        handlers.Converse(requestStream, responseStream, context);
}
