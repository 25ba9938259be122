namespace Orleans.Concurrency;

/// <summary>Carries a value across calls without a copy.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct Immutable<T> : IEquatable<Immutable<T>>
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value;

    /// <summary>Wraps a value that nobody changes again.</summary>
    public Immutable(T value) => Value = value;

    /// <inheritdoc />
    public bool Equals(Immutable<T> other) => EqualityComparer<T>.Default.Equals(Value, other.Value);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Immutable<T> other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value is null ? 0 : EqualityComparer<T>.Default.GetHashCode(Value);

    /// <summary>Tells whether the values are equal.</summary>
    public static bool operator ==(Immutable<T> left, Immutable<T> right) => left.Equals(right);

    /// <summary>Tells whether the values differ.</summary>
    public static bool operator !=(Immutable<T> left, Immutable<T> right) => !left.Equals(right);
}

/// <summary>Wraps values.</summary>
public static class ImmutableExtensions
{
    /// <summary>Wraps a value that nobody changes again.</summary>
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
