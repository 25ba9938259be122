namespace Grpc.Core;

/// <summary>The outcome of a call, with the numbers of the gRPC specification.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The call was cancelled, typically by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error that carries no better code, such as an exception in a handler.</summary>
    Unknown = 2,

    /// <summary>The caller's argument is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call completed.</summary>
    DeadlineExceeded = 4,

    /// <summary>A requested entity is not there.</summary>
    NotFound = 5,

    /// <summary>The entity to create is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or size limit is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs; retrying as is does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>The call lost a race; the caller may retry at a higher level.</summary>
    Aborted = 10,

    /// <summary>The argument lies outside the range that is valid now.</summary>
    OutOfRange = 11,

    /// <summary>The server has no such method.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the system or the protocol is broken.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now; retrying may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt for good.</summary>
    DataLoss = 15,

    /// <summary>The caller has no valid credentials.</summary>
    Unauthenticated = 16,
}
