using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace W0rktree.Silo.Listening;

/// <summary>Serves HTTP/1.1 and HTTP/2 with prior knowledge on one clear-text port, by the first bytes that a client sends.</summary>
internal sealed class EitherProtocol(TimeProvider clock)
{
    // Long enough for a slow line; a client that says nothing holds a socket and no more.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    // Connections may arrive before the second pipeline is built; they wait for it.
    private readonly TaskCompletionSource<ConnectionDelegate> _http2 = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Adds the port.</summary>
    public void Listen(KestrelServerOptions kestrel, IPEndPoint endPoint)
    {
        kestrel.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(http1 => connection => ServeAsync(connection, http1));
        });
        kestrel.Listen(PipelineOnly.Instance, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(http2 =>
            {
                _http2.TrySetResult(http2);
                return http2;
            });
        });
    }

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        using var silence = new CancellationTokenSource(SilenceLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, connection.ConnectionClosed);
        bool isHttp2;
        try
        {
            if (await PeekAsync(connection, either.Token) is not { } found)
            {
                return;
            }

            isHttp2 = found;
        }
        catch (OperationCanceledException)
        {
            connection.Abort(new ConnectionAbortedException("The client sent nothing."));
            return;
        }
        catch (ConnectionResetException)
        {
            return;
        }

        await (isHttp2 ? await _http2.Task : http1)(connection);
    }

    /// <summary>Tells whether a connection begins with the preface, and leaves every byte where it is; null where it ends before it begins.</summary>
    private static async Task<bool?> PeekAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var answer = Judge(read.Buffer);
            var isOver = answer is null && read.IsCompleted;

            // What was examined and not consumed makes the next read wait for more; once the answer is known nothing counts as examined.
            input.AdvanceTo(read.Buffer.Start, answer is null && !isOver ? read.Buffer.End : read.Buffer.Start);
            if (answer is not null)
            {
                return answer;
            }

            if (isOver)
            {
                return read.Buffer.IsEmpty ? null : false;
            }
        }
    }

    private static bool? Judge(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(start);
        return !Preface.StartsWith(start[..length]) ? false : length == Preface.Length ? true : null;
    }
}

/// <summary>Names a listener that no connection reaches by itself: Kestrel builds a pipeline for it, which other listeners may use.</summary>
internal sealed class PipelineOnly : EndPoint
{
    /// <summary>How it is written where Kestrel lists addresses.</summary>
    public const string Name = "pipeline-only";

    /// <summary>The one there is.</summary>
    public static PipelineOnly Instance { get; } = new();

    private PipelineOnly()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Makes the listener of <see cref="PipelineOnly"/>.</summary>
internal sealed class PipelineOnlyFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is PipelineOnly;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener(endpoint));

    private sealed class Listener(EndPoint endPoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_ended.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _ended.TrySetResult(null);
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
