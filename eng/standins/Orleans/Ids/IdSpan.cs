using System.Text;

namespace Orleans.Runtime;

/// <summary>An opaque identifier: UTF-8 bytes with their hash, compared by value.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly byte[]? _value;
    private readonly int _hash;

    /// <summary>Wraps bytes that the caller never changes again.</summary>
    public IdSpan(byte[] value)
    {
        _value = value;
        _hash = StableHash.Of(value);
    }

    /// <summary>Tells whether nothing was ever assigned.</summary>
    public bool IsDefault => _value is null || _value.Length == 0;

    /// <summary>The identifier's bytes.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>Encodes a text as an identifier.</summary>
    public static IdSpan Create(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return new IdSpan(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>The identifier's bytes as a span.</summary>
    public ReadOnlySpan<byte> AsSpan() => _value;

    /// <summary>Orders identifiers by their bytes.</summary>
    public int CompareTo(IdSpan other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Tells whether both hold the same bytes.</summary>
    public bool Equals(IdSpan obj) =>
        ReferenceEquals(_value, obj._value) || (_hash == obj._hash && AsSpan().SequenceEqual(obj.AsSpan()));

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <inheritdoc />
    public override string ToString() => _value is null ? "" : Encoding.UTF8.GetString(_value);

    /// <summary>Tells whether both hold the same bytes.</summary>
    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    /// <summary>Tells whether the bytes differ.</summary>
    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
