namespace Orleans.Runtime;

/// <summary>Refers to a grain or an observer; equal to every other reference to it. Classes emitted by <see cref="ProxyFactory"/> add the interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    internal GrainReference(ReferenceShared shared, GrainId grainId)
    {
        Shared = shared;
        GrainId = grainId;
    }

    /// <summary>Who is referred to.</summary>
    public GrainId GrainId { get; }

    /// <summary>The interface.</summary>
    public GrainInterfaceType InterfaceType => Shared.GrainInterfaceType;

    /// <summary>The interface's name.</summary>
    public virtual string InterfaceName => Shared.GrainInterfaceType.ToString();

    internal ReferenceShared Shared { get; }

    /// <summary>Views the reference through another interface.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)CastTo(typeof(TGrainInterface));

    /// <inheritdoc />
    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc />
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <summary>A hash that is the same in every process.</summary>
    public uint GetUniformHashCode() => unchecked((uint)GrainId.GetHashCode());

    /// <inheritdoc />
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    /// <summary>Tells whether both refer to the same grain.</summary>
    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    /// <summary>Tells whether they refer to different grains.</summary>
    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object CastTo(Type interfaceType) =>
        interfaceType.IsInstanceOfType(this) ? this : Shared.Client.References.Create(interfaceType, GrainId);

    // The emitted classes call these.
    internal MethodEntry Method(int index) => Shared.Methods[index];

    internal MethodEntry GenericMethod(int index, Type[] arguments) => Shared.Methods[index].Close(arguments);

    internal Task CallTask(MethodEntry method, object?[] arguments) => Shared.Client.Call<object?>(this, method, arguments);

    internal Task<T> CallTaskOf<T>(MethodEntry method, object?[] arguments) => Shared.Client.Call<T>(this, method, arguments);

    internal ValueTask CallValueTask(MethodEntry method, object?[] arguments) => new(Shared.Client.Call<object?>(this, method, arguments));

    internal ValueTask<T> CallValueTaskOf<T>(MethodEntry method, object?[] arguments) => new(Shared.Client.Call<T>(this, method, arguments));

    internal void CallVoid(MethodEntry method, object?[] arguments) => _ = Shared.Client.Call<object?>(this, method, arguments);

    internal IAsyncEnumerable<T> CallAsyncEnumerable<T>(MethodEntry method, object?[] arguments) =>
        new RemoteEnumerable<T>(this, method, arguments);
}
