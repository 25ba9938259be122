using System.Net.Sockets;
using System.Text.Json;
using W0rktree.Protocol.Ipc;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Asks one agent the same on many connections at the same moment, closer together than programs can be started.</summary>
internal static class Burst
{
    /// <summary>Gives the replies; every connection is greeted before the first request goes out.</summary>
    public static async Task<IReadOnlyList<ReplyFrame>> AskAsync(Person person, int connections, string method, string parameters)
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => GreetAsync(person)));
        using var json = JsonDocument.Parse(parameters);
        var request = Encode(new RequestFrame { Id = 2, Method = method, Cwd = person.Work, Params = json.RootElement });
        try
        {
            return await Task.WhenAll(streams.Select(async stream =>
            {
                await Framing.WriteAsync(stream, request, CancellationToken.None);
                return await EndAsync(stream);
            }));
        }
        finally
        {
            await Task.WhenAll(streams.Select(stream => stream.DisposeAsync().AsTask()));
        }
    }

    private static async Task<NetworkStream> GreetAsync(Person person)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(person.Socket));
        var stream = new NetworkStream(socket, ownsSocket: true);
        var hello = JsonSerializer.SerializeToElement(new HelloParams(Methods.ProtocolVersion, "test"), IpcJson.Default.HelloParams);
        await Framing.WriteAsync(stream, Encode(new RequestFrame { Id = 1, Method = Methods.Hello, Params = hello }), CancellationToken.None);
        Assert.Null((await EndAsync(stream)).Error);
        return stream;
    }

    private static async Task<ReplyFrame> EndAsync(NetworkStream stream)
    {
        while (true)
        {
            var bytes = await Framing.ReadAsync(stream, CancellationToken.None) ?? throw new InvalidOperationException("The agent closed the connection.");
            var reply = JsonSerializer.Deserialize(bytes, EnvelopeJson.Default.ReplyFrame)!;
            if (reply.Result is not null || reply.Error is not null)
            {
                return reply;
            }
        }
    }

    private static byte[] Encode(RequestFrame frame) => JsonSerializer.SerializeToUtf8Bytes(frame, EnvelopeJson.Default.RequestFrame);
}
