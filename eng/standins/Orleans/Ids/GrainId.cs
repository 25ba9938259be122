using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>The identity of one grain: its type and its key, printed as <c>type/key</c>.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct GrainId : IEquatable<GrainId>, IComparable<GrainId>
{
    private readonly GrainType _type;
    private readonly IdSpan _key;

    /// <summary>Joins a type and a key.</summary>
    public GrainId(GrainType type, IdSpan key)
    {
        _type = type;
        _key = key;
    }

    /// <summary>The grain's type.</summary>
    public GrainType Type => _type;

    /// <summary>The grain's key within its type.</summary>
    public IdSpan Key => _key;

    /// <summary>Tells whether nothing was ever assigned.</summary>
    public bool IsDefault => _type.IsDefault && _key.IsDefault;

    /// <summary>Joins a type and a key.</summary>
    public static GrainId Create(string type, string key) => Create(GrainType.Create(type), key);

    /// <summary>Joins a type and a key.</summary>
    public static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    /// <summary>Joins a type and a key.</summary>
    public static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    /// <summary>Reads the form that <see cref="ToString"/> prints.</summary>
    public static GrainId Parse(string value) =>
        TryParse(value, out var result) ? result : throw new FormatException($"'{value}' is not a grain id.");

    /// <summary>Reads the form that <see cref="ToString"/> prints.</summary>
    public static bool TryParse([NotNullWhen(true)] string? value, out GrainId result)
    {
        var slash = value?.IndexOf('/') ?? -1;
        if (slash <= 0 || slash == value!.Length - 1)
        {
            result = default;
            return false;
        }

        result = Create(value[..slash], value[(slash + 1)..]);
        return true;
    }

    /// <inheritdoc />
    public int CompareTo(GrainId other)
    {
        var byType = _type.CompareTo(other._type);
        return byType != 0 ? byType : _key.CompareTo(other._key);
    }

    /// <inheritdoc />
    public bool Equals(GrainId other) => _type.Equals(other._type) && _key.Equals(other._key);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => unchecked((_type.GetHashCode() * 397) ^ _key.GetHashCode());

    /// <inheritdoc />
    public override string ToString() => $"{_type}/{_key}";

    /// <summary>Tells whether both are the same grain.</summary>
    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    /// <summary>Tells whether the grains differ.</summary>
    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);
}
