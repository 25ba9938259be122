namespace Grpc.Core;

/// <summary>A call that ended with a status other than OK; thrown by clients, and by handlers to choose the status.</summary>
public class RpcException : Exception
{
    /// <summary>Creates an exception without trailers.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>Creates an exception without trailers and with its own message.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Creates an exception with trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Creates an exception with trailers and its own message.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>Gets the status of the call.</summary>
    public Status Status { get; }

    /// <summary>Gets the code of <see cref="Status" />.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Gets the trailers of the call, empty where there were none.</summary>
    public Metadata Trailers { get; }
}
