namespace Orleans.Runtime;

/// <summary>The identity of one activation of a grain.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct ActivationId : IEquatable<ActivationId>
{
    private readonly Guid _key;

    /// <summary>Wraps a key.</summary>
    public ActivationId(Guid key) => _key = key;

    /// <summary>Tells whether nothing was ever assigned.</summary>
    public bool IsDefault => _key == Guid.Empty;

    /// <summary>Makes a new random identity.</summary>
    public static ActivationId NewId() => new(Guid.NewGuid());

    /// <inheritdoc />
    public bool Equals(ActivationId other) => _key == other._key;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ActivationId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _key.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => "@" + _key.ToString("N");

    /// <summary>Tells whether both are the same activation.</summary>
    public static bool operator ==(ActivationId left, ActivationId right) => left.Equals(right);

    /// <summary>Tells whether the activations differ.</summary>
    public static bool operator !=(ActivationId left, ActivationId right) => !left.Equals(right);
}
