using System.Buffers;
using System.Text;

namespace Grpc.Core;

/// <content>The entries.</content>
public sealed partial class Metadata
{
    /// <summary>One header or trailer. Immutable: bytes are copied in and out.</summary>
    public class Entry
    {
        // The characters that the specification's Header-Name rule allows, after lower-casing.
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

        private readonly string? _value;
        private readonly byte[]? _bytes;

        /// <summary>Creates a binary entry; the key must end in -bin.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalise(key);
            if (!IsBinary)
            {
                throw new ArgumentException("Key for binary valued metadata entry needs to have suffix indicating binary value.", nameof(key));
            }

            _bytes = [.. valueBytes];
        }

        /// <summary>Creates a text entry; the key must not end in -bin.</summary>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalise(key);
            if (IsBinary)
            {
                throw new ArgumentException("Key for ASCII valued metadata entry cannot have suffix indicating binary value.", nameof(key));
            }

            _value = value;
        }

        /// <summary>Gets the key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Gets a value indicating whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>Gets a copy of the value's bytes; those of a text value are its ASCII.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_value!) : [.. _bytes];

        /// <summary>Gets the text value; a binary entry has none and throws.</summary>
        public string Value => _value ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        internal ReadOnlySpan<byte> BytesSpan => _bytes;

        /// <inheritdoc />
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(BytesSpan)}]"
            : $"[Entry: key={Key}, value={_value}]";

        internal bool HasKey(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);

        internal static bool IsKey(string key) => !key.ToLowerInvariant().AsSpan().ContainsAnyExcept(KeyCharacters);

        private static string Normalise(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            return lower.AsSpan().ContainsAnyExcept(KeyCharacters)
                ? throw new ArgumentException("Metadata entry key not valid. Keys can only contain lowercase alphanumeric characters, underscores, hyphens and dots.", nameof(key))
                : lower;
        }
    }
}
