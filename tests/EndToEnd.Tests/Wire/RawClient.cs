using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.Core.Identity;
using W0rktree.Protocol.Grpc;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Wire;

/// <summary>How the server answered a call: the status, and the error in the trailer.</summary>
internal sealed record Answer(StatusCode Status, string Code, string Message)
{
    public static readonly Answer Accepted = new(StatusCode.OK, "", "");
}

/// <summary>What a patched agent is: it says over the wire whatever it likes, with a token that it really has.</summary>
internal sealed class RawClient(string url) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(url);

    public Metadata Headers { get; private set; } = [];

    public Identity.IdentityClient Identity => new(_channel);

    public Worktrees.WorktreesClient Worktrees => new(_channel);

    public Sync.SyncClient Sync => new(_channel);

    public Events.EventsClient Events => new(_channel);

    /// <summary>Registers somebody and goes on with the session's token, and with every claim that it can think of.</summary>
    public static async Task<RawClient> RegisterAsync(string url, string name)
    {
        var client = new RawClient(url);
        var reply = await client.Identity.RegisterAsync(new RegisterRequest { Slug = name, Email = $"{name}@example.org", DisplayName = name, Password = $"a long password of {name}", Client = "raw", RequestId = NewId() });
        client.Headers = new Metadata
        {
            { "authorization", $"Bearer {reply.Token}" },
            { "x-account", "ada" },
            { "x-role", "owner" },
            { "x-permissions", "*" },
            { "wt-role", "owner" },
            { "wt-ticket", "owner" },
            { "wt-ticket-bin", new byte[64] },
        };
        return client;
    }

    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>Calls, and gives how it ended.</summary>
    public static async Task<Answer> AnswerAsync(Func<Task> call)
    {
        try
        {
            await call();
            return Answer.Accepted;
        }
        catch (RpcException e)
        {
            var trailer = e.Trailers.FirstOrDefault(entry => entry.Key == "wt-error-bin");
            if (trailer is null)
            {
                return new Answer(e.StatusCode, "", e.Status.Detail);
            }

            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(trailer.ValueBytes));
            return new Answer(e.StatusCode, json.RootElement.GetProperty("code").GetString()!, json.RootElement.GetProperty("message").GetString()!);
        }
    }

    /// <summary>Uploads everything that a store in memory holds, with a snapshot of it as the tip.</summary>
    public async Task<ByteString> UploadAsync(TreeRef tree, MemoryObjects objects, SnapshotId tip)
    {
        var session = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        await Sync.OpenUploadAsync(new OpenUploadRequest { Tree = tree, Session = session, Tip = Bytes(tip), ObjectCount = (ulong)objects.Count }, Headers);
        using var call = Sync.Upload(Headers);
        await call.RequestStream.WriteAsync(new UploadFrame { Start = new UploadStart { Tree = tree, Session = session } });
        foreach (var id in objects.Ids)
        {
            var stored = (await objects.TryReadAsync(id, CancellationToken.None))!;
            await call.RequestStream.WriteAsync(new UploadFrame
            {
                Object = new ObjectFrame { Id = Bytes(id), Kind = (uint)stored.Kind, Data = ByteString.CopyFrom(stored.Bytes.Span), Size = (ulong)stored.Bytes.Length },
            });
        }

        await call.RequestStream.CompleteAsync();
        Assert.True((await call.ResponseAsync).Complete);
        return session;
    }

    public static ByteString Bytes(SnapshotId id) => Bytes(id.Hash);

    public static ByteString Bytes(ContentHash id)
    {
        var bytes = new byte[ContentHash.SizeBytes];
        id.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    public void Dispose() => _channel.Dispose();
}
