using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message.</summary>
public abstract class SerializationContext
{
    /// <summary>Hands over the whole message as one array, which must not change afterwards.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Returns the writer to serialize into, to be finished by <see cref="Complete()" />.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Announces the exact size in bytes, before <see cref="GetBufferWriter" />.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Finishes a message written through <see cref="GetBufferWriter" />.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}

/// <summary>Where a deserializer finds one message.</summary>
public abstract class DeserializationContext
{
    /// <summary>Gets the size of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>Returns the message as a new array that the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>Returns the message in place; it is valid only until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
