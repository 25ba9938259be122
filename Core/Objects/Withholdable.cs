using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Objects;

/// <summary>
/// A field of a snapshot that can be withheld: it enters the snapshot's hash as a salted digest, so that someone who may
/// see none of the changes can still verify the snapshot without learning, or guessing, who made it or what it says.
/// </summary>
public sealed class Withholdable
{
    /// <summary>The size of a salt in bytes.</summary>
    public const int SaltBytes = 16;

    /// <summary>The longest text in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly ImmutableArray<byte> _salt;
    private readonly ImmutableArray<byte> _text;

    private Withholdable(ContentHash digest, ImmutableArray<byte> salt, ImmutableArray<byte> text)
    {
        Digest = digest;
        _salt = salt;
        _text = text;
    }

    /// <summary>Gets the digest that enters the snapshot's hash.</summary>
    public ContentHash Digest { get; }

    /// <summary>Gets whether only the digest is known.</summary>
    public bool IsWithheld => _text.IsDefault;

    /// <summary>Gets the bytes; empty where withheld. UTF-8, unless an import says otherwise.</summary>
    public ReadOnlySpan<byte> Bytes => _text.IsDefault ? [] : _text.AsSpan();

    /// <summary>Gets the text for people, or null where withheld.</summary>
    public string? Text => _text.IsDefault ? null : System.Text.Encoding.UTF8.GetString(_text.AsSpan());

    internal ReadOnlySpan<byte> Salt => _salt.AsSpan();

    /// <summary>Makes an open field. The caller draws the salt at random; the same salt and bytes give the same digest.</summary>
    /// <exception cref="ArgumentException">The salt has not 16 bytes, or the bytes are over the limit.</exception>
    public static Withholdable Open(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> salt)
    {
        if (salt.Length != SaltBytes || bytes.Length > MaxBytes)
        {
            throw new ArgumentException($"A field has a salt of {SaltBytes} bytes and at most {MaxBytes:N0} bytes of text.", nameof(salt));
        }

        return new Withholdable(DigestOf(bytes, salt), [.. salt], [.. bytes]);
    }

    /// <summary>Makes an open field of text.</summary>
    public static Withholdable Open(string text, ReadOnlySpan<byte> salt) => Open(System.Text.Encoding.UTF8.GetBytes(text), salt);

    /// <summary>Makes a field of which only the digest is known.</summary>
    public static Withholdable FromDigest(ContentHash digest) => new(digest, default, default);

    /// <summary>Gives the same field with nothing but its digest.</summary>
    public Withholdable Withhold() => FromDigest(Digest);

    private static ContentHash DigestOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> salt)
    {
        var writer = new CanonicalWriter(SaltBytes + 8 + bytes.Length);
        writer.WriteBytes(salt);
        writer.WriteBlock(bytes);
        return HashDomain.WithheldField.Hash(writer.Written);
    }
}
