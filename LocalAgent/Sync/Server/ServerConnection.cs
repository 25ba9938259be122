using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.Core;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Sync.Server;

/// <summary>Speaks gRPC to one server. Thread-safe; the channel reconnects by itself.</summary>
public sealed class ServerConnection : IDisposable
{
    /// <summary>The largest message either way: an object frame carries 1 MiB, a list of changes up to 10,000 paths.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    // A connection that cannot be made takes longer; there a second try would only make the user wait twice.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    private readonly GrpcChannel _channel;
    private readonly CredentialFile _credentials;
    private readonly TimeProvider _clock;
    private readonly SocketsHttpHandler _handler;

    /// <summary>Prepares a connection; nothing is sent before the first call.</summary>
    public ServerConnection(ServerUrl server, CredentialFile credentials, TimeProvider clock)
    {
        Server = server;
        _credentials = credentials;
        _clock = clock;
        _handler = new SocketsHttpHandler
        {
            // A dead peer is noticed within 30 s even where no packet comes back.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,

            // With a callback gRPC leaves connections to the handler. By itself it would refuse calls for up to two minutes after some
            // that could not connect, while the server may be back: sync has a back-off of its own, and a user's command is to be tried.
            ConnectCallback = ConnectAsync,
            UseProxy = false,
        };
        _channel = GrpcChannel.ForAddress(server.Text, new GrpcChannelOptions
        {
            HttpHandler = _handler,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
        });
        Identity = new Identity.IdentityClient(_channel);
        Worktrees = new Worktrees.WorktreesClient(_channel);
        Sync = new Protocol.Grpc.Sync.SyncClient(_channel);
        Events = new Events.EventsClient(_channel);
        Audit = new Audit.AuditClient(_channel);
    }

    /// <summary>Gets the server's address.</summary>
    public ServerUrl Server { get; }

    /// <summary>Gets the calls about identity.</summary>
    public Identity.IdentityClient Identity { get; }

    /// <summary>Gets the calls about worktrees and branches.</summary>
    public Worktrees.WorktreesClient Worktrees { get; }

    /// <summary>Gets the calls that move snapshots.</summary>
    public Protocol.Grpc.Sync.SyncClient Sync { get; }

    /// <summary>Gets the stream of events.</summary>
    public Events.EventsClient Events { get; }

    /// <summary>Gets what is spoken with the server. gRPC needs HTTP/2; nothing else is offered.</summary>
    public string Protocol => Server.Text.StartsWith("https:", StringComparison.Ordinal) ? "gRPC, HTTP/2 over TLS" : "gRPC, HTTP/2";

    /// <summary>Gets the calls about the audit.</summary>
    public Audit.AuditClient Audit { get; }

    /// <summary>Gets how long the last unary call took, or null before the first.</summary>
    public TimeSpan? Latency { get; private set; }

    /// <summary>Makes a unary call and translates its failure. A cancelled caller sees <see cref="OperationCanceledException"/>.</summary>
    /// <remarks>
    /// A kept connection whose server was started anew may show that it is dead only when something is sent over it. So what fails at once is
    /// tried once more, over a new one; what a call changes is keyed by its request id, and happens once.
    /// </remarks>
    public async Task<Result<T>> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        var result = await GuardAsync(async () =>
        {
            try
            {
                using var running = call(Options(CallTimeout, cancellationToken));
                return await running.ResponseAsync;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && _clock.GetElapsedTime(started) < AtOnce)
            {
                using var again = call(Options(CallTimeout, cancellationToken));
                return await again.ResponseAsync;
            }
        }, cancellationToken);
        if (result.IsOk)
        {
            Latency = _clock.GetElapsedTime(started);
        }

        return result;
    }

    /// <summary>Runs work that uses streams, translating its failure in the same way.</summary>
    public async Task<Result<T>> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (RpcException e)
        {
            return ServerErrors.Translate(e, Server);
        }
        catch (Exception e) when (e is not OperationCanceledException && ServerErrors.Translate(e, Server) is not null)
        {
            return ServerErrors.Translate(e, Server)!.Value;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Gives the options of a call: the user's token as it is now, and a deadline for what must not last.</summary>
    public CallOptions Options(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var headers = new Metadata();
        if (_credentials.Find(Server) is { } credential)
        {
            headers.Add("authorization", $"Bearer {credential.Token}");
        }

        var deadline = timeout is { } limit ? _clock.GetUtcNow().UtcDateTime + limit : (DateTime?)null;
        return new CallOptions(headers, deadline, cancellationToken);
    }

    /// <summary>Closes the channel; calls under way are cancelled.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        _handler.Dispose();
    }
}
