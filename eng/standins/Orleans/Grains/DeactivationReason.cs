namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly struct DeactivationReason : IEquatable<DeactivationReason>
{
    /// <summary>Gives code and text.</summary>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <summary>Gives code, cause and text.</summary>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Description = text;
        Exception = exception;
    }

    /// <summary>The text.</summary>
    public string Description { get; }

    /// <summary>The code.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>The cause, if it was an exception.</summary>
    public Exception? Exception { get; }

    /// <inheritdoc />
    public bool Equals(DeactivationReason other) => ReasonCode == other.ReasonCode
        && Description == other.Description && Equals(Exception, other.Exception);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is DeactivationReason other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(ReasonCode, Description, Exception);

    /// <inheritdoc />
    public override string ToString() =>
        Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description}. Exception: {Exception}";

    /// <summary>Tells whether both say the same.</summary>
    public static bool operator ==(DeactivationReason left, DeactivationReason right) => left.Equals(right);

    /// <summary>Tells whether they differ.</summary>
    public static bool operator !=(DeactivationReason left, DeactivationReason right) => !left.Equals(right);
}

/// <summary>The kinds of reasons for which an activation ends.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason.</summary>
    None = 0,

    /// <summary>The silo stops.</summary>
    ShuttingDown = 1,

    /// <summary>The activation never came up.</summary>
    ActivationFailed = 2,

    /// <summary>The directory failed.</summary>
    DirectoryFailure = 3,

    /// <summary>Nobody called for long enough.</summary>
    ActivationIdle = 4,

    /// <summary>The activation did not respond.</summary>
    ActivationUnresponsive = 5,

    /// <summary>Another activation of the grain won.</summary>
    DuplicateActivation = 6,

    /// <summary>A request needed another version.</summary>
    IncompatibleRequest = 7,

    /// <summary>The application failed.</summary>
    ApplicationError = 8,

    /// <summary>The application asked for it.</summary>
    ApplicationRequested = 9,

    /// <summary>The activation moves.</summary>
    Migrating = 10,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested = 11,

    /// <summary>Memory is short.</summary>
    HighMemoryPressure = 12,
}
