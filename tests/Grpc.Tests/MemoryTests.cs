using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>Measures the memory of the whole process, so nothing may run beside it.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(64 * 1024, 1024)]
    [InlineData(1024 * 1024, 64)]
    public async Task Sixty_four_MiB_stream_both_ways_in_little_memory(int size, int count)
    {
        await using var server = await TrialServer.StartAsync();
        var data = Payloads.Bytes(size, 7);
        server.Handlers.Converse = async (asks, answers, _) =>
        {
            await foreach (var ask in asks.ReadAllAsync(CancellationToken.None))
            {
                await answers.WriteAsync(new Answer { Data = ask.Data });
            }
        };
        using var call = server.Client().Converse();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = before;
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await call.RequestStream.WriteAsync(new Ask { Data = data });
            }

            await call.RequestStream.CompleteAsync();
        });
        var received = 0;
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            received++;
            Assert.Equal(data, answer.Data);
            if (received % (count / 4) == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        await writer;
        Assert.Equal(count, received);

        // Windows of both directions (1 MiB of the server's, at most 16 of the client's), a few messages, and the test itself.
        Assert.InRange(peak - before, 0, 40 * 1024 * 1024);
    }
}
