using System.Runtime.Serialization;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>The stored version is not the one that the writer knew.</summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    /// <summary>Says only that.</summary>
    public InconsistentStateException()
    {
    }

    /// <summary>Gives a message.</summary>
    public InconsistentStateException(string message)
        : base(message)
    {
    }

    /// <summary>Gives a message and a cause.</summary>
    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    /// <summary>Gives a message, both versions and a cause.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>Gives a message and both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>Gives both versions and a cause.</summary>
    public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
        : this(storageException.Message, storedEtag, currentEtag, storageException)
    {
    }

    /// <summary>Reads what an old formatter wrote.</summary>
    [Obsolete("Formatters are obsolete.")]
    protected InconsistentStateException(SerializationInfo info, StreamingContext context)
        : base(info.GetString(nameof(Message))!)
    {
        StoredEtag = info.GetString(nameof(StoredEtag));
        CurrentEtag = info.GetString(nameof(CurrentEtag));
    }

    /// <summary>The version in the store.</summary>
    [Id(1)]
    public string? StoredEtag { get; private set; }

    /// <summary>The version that the writer knew.</summary>
    [Id(2)]
    public string? CurrentEtag { get; private set; }

    // Only the activation that met the conflict is deactivated, not the callers that let the exception through.
    [Id(0)]
    internal bool IsSourceActivation { get; set; } = true;

    /// <inheritdoc />
    public override string ToString() =>
        $"{GetType().Name}: {Message} Expected Etag={CurrentEtag} Received Etag={StoredEtag} {InnerException}{Environment.NewLine}{StackTrace}";
}

/// <summary>A storage provider is named that was not registered, or its configuration cannot work.</summary>
[GenerateSerializer]
public sealed class BadProviderConfigException : OrleansException
{
    /// <summary>Says only that.</summary>
    public BadProviderConfigException()
    {
    }

    /// <summary>Gives a message.</summary>
    public BadProviderConfigException(string msg)
        : base(msg)
    {
    }

    /// <summary>Gives a message and a cause.</summary>
    public BadProviderConfigException(string msg, Exception exc)
        : base(msg, exc)
    {
    }
}
