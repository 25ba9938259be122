using System.Text;

namespace W0rktree.Core.Paths;

/// <summary>Names one entry of a directory: bytes, as the file system has them.</summary>
/// <remarks>
/// 1 to 255 bytes, without NUL and <c>/</c>, never <c>.</c> or <c>..</c>, and never anything that some file system takes for
/// a reserved name (<see cref="ReservedNames"/>). What one platform cannot hold safely is a matter of checkout, see
/// <see cref="PortableNames"/>. Compared byte by byte, unsigned.
/// </remarks>
public readonly struct EntryName : IEquatable<EntryName>, IComparable<EntryName>
{
    /// <summary>The longest name: NAME_MAX of every common file system.</summary>
    public const int MaxBytes = 255;

    private readonly byte[]? _bytes;

    private EntryName(byte[] bytes) => _bytes = bytes;

    /// <summary>Gets the bytes; empty for the default value, which names nothing.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Gets the bytes as memory.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Checks a name and copies it.</summary>
    public static Result<EntryName> Create(ReadOnlySpan<byte> name)
    {
        var rule = NameRules.FirstBroken(name);
        return rule is null
            ? new EntryName(name.ToArray())
            : new Error("invalid_name", $"'{PathText.Display(name)}' cannot be a name: {rule}.", "Rename it, or add it to .wt/ignore.");
    }

    /// <summary>Checks a name given as text.</summary>
    public static Result<EntryName> Create(string name) => Create(Encoding.UTF8.GetBytes(name));

    /// <summary>Takes a name that was checked before, as from a path.</summary>
    internal static EntryName Trusted(ReadOnlySpan<byte> name) => new(name.ToArray());

    /// <inheritdoc/>
    public bool Equals(EntryName other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EntryName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(EntryName other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>Formats for people: UTF-8, other bytes as <c>\xNN</c>.</summary>
    public override string ToString() => PathText.Display(Bytes);

    /// <summary>Tells equality.</summary>
    public static bool operator ==(EntryName left, EntryName right) => left.Equals(right);

    /// <summary>Tells inequality.</summary>
    public static bool operator !=(EntryName left, EntryName right) => !left.Equals(right);
}
