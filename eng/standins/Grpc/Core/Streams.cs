namespace Grpc.Core;

/// <summary>A stream of messages to read, one read at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>Gets the message of the last <see cref="MoveNext" /> that returned true.</summary>
    T Current { get; }

    /// <summary>Reads the next message; false at the end of the stream.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>A stream of messages to write, one write at a time; a write completes when the transport took the message.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Gets or sets the options of the writes that follow.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message; cancelling a pending write cancels the call.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? throw new NotSupportedException("Cancellation of stream writes is not supported by this gRPC implementation.")
        : WriteAsync(message);
}

/// <summary>The client's side of a request stream.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the stream; nothing can be written afterwards.</summary>
    Task CompleteAsync();
}

/// <summary>The server's side of a response stream; it ends when the handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
