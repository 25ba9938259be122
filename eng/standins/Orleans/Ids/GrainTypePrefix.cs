namespace Orleans.Runtime;

/// <summary>The reserved prefixes of grain types.</summary>
public static class GrainTypePrefix
{
    /// <summary>Every type that the runtime reserves begins with this.</summary>
    public const string SystemPrefix = "sys.";

    /// <summary>The type of clients and their observers.</summary>
    public const string ClientPrefix = SystemPrefix + "client";

    /// <summary>The type of clients and their observers.</summary>
    public static readonly GrainType ClientGrainType = GrainType.Create(ClientPrefix);

    /// <summary>Tells whether the type is that of clients.</summary>
    public static bool IsClient(this in GrainType type) => type.AsSpan().StartsWith("sys.client"u8);

    /// <summary>Tells whether the id is that of a client or of one of its observers.</summary>
    public static bool IsClient(this in GrainId id) => id.Type.IsClient();
}
