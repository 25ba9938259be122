namespace Orleans.Serialization;

/// <summary>A value could not be serialized or copied.</summary>
[GenerateSerializer]
public class SerializerException : Exception
{
    /// <summary>Says only that.</summary>
    public SerializerException()
    {
    }

    /// <summary>Gives a message.</summary>
    public SerializerException(string message)
        : base(message)
    {
    }

    /// <summary>Gives a message and a cause.</summary>
    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A type crosses a call that nobody taught how.</summary>
[GenerateSerializer]
public sealed class CodecNotFoundException : SerializerException
{
    /// <summary>Gives a message.</summary>
    public CodecNotFoundException(string message)
        : base(message)
    {
    }
}
