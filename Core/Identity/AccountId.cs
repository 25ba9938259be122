using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Core.Identity;

/// <summary>Identifies an account that can sign in.</summary>
/// <remarks>128 random bits, written as 32 lower-case hexadecimal digits. Zero names nothing.</remarks>
/// <param name="Value">The bits as an unsigned big-endian number.</param>
public readonly record struct AccountId(UInt128 Value) : IComparable<AccountId>
{
    /// <summary>The size in bytes.</summary>
    public const int SizeBytes = 16;

    /// <summary>Takes 16 bytes, which the caller drew at random or read from an object.</summary>
    public static AccountId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Reads 32 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        var read = LowerHex.TryDecode(text, bytes);
        id = read ? FromBytes(bytes) : default;
        return read;
    }

    /// <summary>Reads 32 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static AccountId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not 32 lower-case hexadecimal digits.");

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <inheritdoc/>
    public int CompareTo(AccountId other) => Value.CompareTo(other.Value);

    /// <summary>Formats 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => LowerHex.Format(Value);
}
