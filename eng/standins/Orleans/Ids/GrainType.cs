namespace Orleans.Runtime;

/// <summary>The stable name of a grain class, the first half of a <see cref="GrainId"/>.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct GrainType : IEquatable<GrainType>, IComparable<GrainType>
{
    private readonly IdSpan _value;

    /// <summary>Wraps an identifier.</summary>
    public GrainType(IdSpan id) => _value = id;

    /// <summary>Wraps the UTF-8 bytes of a name.</summary>
    public GrainType(byte[] value) => _value = new IdSpan(value);

    /// <summary>Tells whether nothing was ever assigned.</summary>
    public bool IsDefault => _value.IsDefault;

    /// <summary>The name.</summary>
    public IdSpan Value => _value;

    /// <summary>Makes a grain type from its name.</summary>
    public static GrainType Create(string value) => new(IdSpan.Create(value));

    /// <summary>The name's bytes.</summary>
    public ReadOnlySpan<byte> AsSpan() => _value.AsSpan();

    /// <inheritdoc />
    public int CompareTo(GrainType other) => _value.CompareTo(other._value);

    /// <inheritdoc />
    public bool Equals(GrainType obj) => _value.Equals(obj._value);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is GrainType other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => _value.ToString();

    /// <summary>Tells whether both are the same type.</summary>
    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);

    /// <summary>Tells whether the types differ.</summary>
    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
}
