using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Net.Client;

/// <summary>A call without its message types.</summary>
internal interface IClientCall : IDisposable
{
    /// <summary>Gets the token that is cancelled as soon as the call has ended, however.</summary>
    CancellationToken Ended { get; }

    Task<Metadata> ResponseHeadersAsync { get; }

    CallOptions Options { get; }

    int? MaxSendMessageSize { get; }

    /// <summary>Gets the compression of requests, or null.</summary>
    ICompressionProvider? RequestCompression { get; }

    /// <summary>Gets the end of the call, or null while it runs.</summary>
    CallEnd? End { get; }

    Status GetStatus();

    Metadata GetTrailers();

    /// <summary>Throws where the caller has disposed the call.</summary>
    void ThrowIfDisposed();

    /// <summary>Ends the call as cancelled by the client.</summary>
    void Cancel();

    /// <summary>Ends the call by a failure unless it has ended, and returns the exception to throw for its end.</summary>
    Exception Fail(Exception cause);

    /// <summary>Returns the exception to throw for a failed write, once it is known why it failed.</summary>
    Task<Exception> FailWriteAsync(Exception cause);
}

/// <summary>How a call ended.</summary>
internal sealed record CallEnd(Status Status, Metadata Trailers);
