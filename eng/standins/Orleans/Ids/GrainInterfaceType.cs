namespace Orleans.Runtime;

/// <summary>The stable name of a grain interface.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct GrainInterfaceType : IEquatable<GrainInterfaceType>
{
    private readonly IdSpan _value;

    /// <summary>Makes an interface type from its name.</summary>
    public GrainInterfaceType(string value) => _value = IdSpan.Create(value);

    /// <summary>Wraps an identifier.</summary>
    public GrainInterfaceType(IdSpan value) => _value = value;

    /// <summary>Tells whether nothing was ever assigned.</summary>
    public bool IsDefault => _value.IsDefault;

    /// <summary>The name.</summary>
    public IdSpan Value => _value;

    /// <summary>Makes an interface type from its name.</summary>
    public static GrainInterfaceType Create(string value) => new(value);

    /// <inheritdoc />
    public bool Equals(GrainInterfaceType other) => _value.Equals(other._value);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is GrainInterfaceType other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => _value.ToString();

    /// <summary>Tells whether both name the same interface.</summary>
    public static bool operator ==(GrainInterfaceType left, GrainInterfaceType right) => left.Equals(right);

    /// <summary>Tells whether the interfaces differ.</summary>
    public static bool operator !=(GrainInterfaceType left, GrainInterfaceType right) => !left.Equals(right);
}
