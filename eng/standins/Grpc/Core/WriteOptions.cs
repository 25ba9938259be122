namespace Grpc.Core;

/// <summary>Wishes about how a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>More follows at once: the transport may wait with sending.</summary>
    BufferHint = 0x1,

    /// <summary>The message is not worth compressing.</summary>
    NoCompress = 0x2,
}

/// <summary>The options of a write.</summary>
public class WriteOptions
{
    /// <summary>No wishes.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Creates options.</summary>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>Gets the wishes.</summary>
    public WriteFlags Flags { get; }
}
