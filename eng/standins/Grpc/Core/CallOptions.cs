namespace Grpc.Core;

/// <summary>The options of one call.</summary>
public struct CallOptions
{
    /// <summary>Creates options; the deadline is in UTC.</summary>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
    }

    /// <summary>Gets the request headers.</summary>
    public Metadata? Headers { get; private set; }

    /// <summary>Gets the deadline in UTC, or null.</summary>
    public DateTime? Deadline { get; private set; }

    /// <summary>Gets the token that cancels the call.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Gets the options of writes, or null.</summary>
    public WriteOptions? WriteOptions { get; private set; }

    /// <summary>Gets the token of the call that this one serves; always null here, for none can be created.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; }

    /// <summary>Gets the credentials of this call, or null.</summary>
    public CallCredentials? Credentials { get; private set; }

    /// <summary>Returns a copy with other headers.</summary>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>Returns a copy with another deadline, in UTC.</summary>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>Returns a copy with another cancellation token.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => this with { CancellationToken = cancellationToken };

    /// <summary>Returns a copy with other write options.</summary>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>Returns a copy with other credentials.</summary>
    public CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };
}

/// <summary>Ties a call to the one it serves; a type of signatures only, for none can be created over HTTP handlers.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}

/// <summary>What a propagation token would carry on.</summary>
public class ContextPropagationOptions
{
    /// <summary>Carries on both.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Creates options.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Gets a value indicating whether the deadline is carried on.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Gets a value indicating whether cancellation is carried on.</summary>
    public bool IsPropagateCancellation { get; }
}
