using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tomlyn.Model;

/// <summary>A TOML table: keys in the order in which they were added, compared ordinally.</summary>
/// <remarks>
/// Values are string, long, double, bool, <see cref="TomlDateTime"/>, <see cref="TomlTable"/>, <see cref="TomlArray"/> or
/// <see cref="TomlTableArray"/>. Not safe for use by several threads while one of them changes it.
/// </remarks>
public sealed class TomlTable : TomlObject, IDictionary<string, object>
{
    private readonly OrderedDictionary<string, object> _entries = new(StringComparer.Ordinal);

    /// <summary>Creates an empty table.</summary>
    public TomlTable()
        : this(inline: false)
    {
    }

    /// <summary>Creates an empty table that is written in braces or with a header.</summary>
    public TomlTable(bool inline)
        : base(inline ? ObjectKind.InlineTable : ObjectKind.Table)
    {
    }

    /// <summary>The number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>Always false.</summary>
    public bool IsReadOnly => false;

    /// <summary>The keys in order.</summary>
    public ICollection<string> Keys => [.. _entries.Keys];

    /// <summary>The values in the order of their keys.</summary>
    public ICollection<object> Values => [.. _entries.Values];

    /// <summary>Reads the value of a key, or sets it at its place, or adds it at the end.</summary>
    /// <exception cref="KeyNotFoundException">The key to read is absent.</exception>
    public object this[string key]
    {
        get => _entries[key];
        set => _entries[key] = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Adds a key at the end.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _entries.Add(key, value);
    }

    /// <summary>Removes all keys.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>Tells whether the key is there.</summary>
    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    /// <summary>Removes a key, and tells whether it was there.</summary>
    public bool Remove(string key) => _entries.Remove(key);

    /// <summary>Reads the value of a key if it is there.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => _entries.TryGetValue(key, out value);

    /// <summary>Enumerates keys and values in order.</summary>
    public Enumerator GetEnumerator() => new(_entries);

    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, object>>.Add(KeyValuePair<string, object> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object>>.Contains(KeyValuePair<string, object> item) =>
        _entries.TryGetValue(item.Key, out var value) && ReferenceEquals(value, item.Value);

    void ICollection<KeyValuePair<string, object>>.CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object>>)_entries).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object>>.Remove(KeyValuePair<string, object> item) =>
        ((ICollection<KeyValuePair<string, object>>)this).Contains(item) && _entries.Remove(item.Key);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks the entries in order; a value type, as in the real package.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, object>>
    {
        private OrderedDictionary<string, object>.Enumerator _entries;

        internal Enumerator(OrderedDictionary<string, object> entries) => _entries = entries.GetEnumerator();

        /// <inheritdoc />
        public KeyValuePair<string, object> Current => _entries.Current;

        object IEnumerator.Current => Current;

        /// <inheritdoc />
        public bool MoveNext() => _entries.MoveNext();

        /// <summary>Is not supported, as in the real package.</summary>
        public void Reset() => throw new NotSupportedException();

        /// <summary>Has nothing to free.</summary>
        public void Dispose()
        {
        }
    }
}
