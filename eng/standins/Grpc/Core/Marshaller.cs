using System.Text;

namespace Grpc.Core;

/// <summary>A pair of functions between messages and bytes.</summary>
public class Marshaller<T>
{
    private readonly Func<T, byte[]>? _serializer;
    private readonly Func<byte[], T>? _deserializer;

    /// <summary>Creates a marshaller over whole arrays.</summary>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _serializer = serializer;
        _deserializer = deserializer;
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>Creates a marshaller over the transport's own buffers.</summary>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
    }

    /// <summary>Gets the serializer over arrays; a contextual marshaller has none and its function throws.</summary>
    public Func<T, byte[]> Serializer => _serializer ?? (_ => throw new NotImplementedException("The marshaller is contextual."));

    /// <summary>Gets the deserializer over arrays; a contextual marshaller has none and its function throws.</summary>
    public Func<byte[], T> Deserializer => _deserializer ?? (_ => throw new NotImplementedException("The marshaller is contextual."));

    /// <summary>Gets the contextual serializer.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Gets the contextual deserializer.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }
}

/// <summary>Creates marshallers.</summary>
public static class Marshallers
{
    /// <summary>Gets the marshaller of UTF-8 text.</summary>
    public static Marshaller<string> StringMarshaller { get; } = new(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    /// <summary>Creates a marshaller over whole arrays.</summary>
    public static Marshaller<T> Create<T>(Func<T, byte[]> serializer, Func<byte[], T> deserializer) => new(serializer, deserializer);

    /// <summary>Creates a marshaller over the transport's own buffers; the overload that generated code calls.</summary>
    public static Marshaller<T> Create<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer) =>
        new(serializer, deserializer);
}
