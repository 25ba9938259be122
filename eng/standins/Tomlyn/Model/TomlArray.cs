using System.Collections;

namespace Tomlyn.Model;

/// <summary>A TOML array of values of any kinds.</summary>
public sealed class TomlArray : TomlObject, IList<object?>
{
    private readonly List<object?> _items;

    /// <summary>Creates an empty array.</summary>
    public TomlArray()
        : this(capacity: 0)
    {
    }

    /// <summary>Creates an empty array with room for a number of values.</summary>
    public TomlArray(int capacity)
        : base(ObjectKind.Array) => _items = new List<object?>(capacity);

    /// <summary>The number of values.</summary>
    public int Count => _items.Count;

    /// <summary>Always false.</summary>
    public bool IsReadOnly => false;

    /// <summary>Reads or replaces a value.</summary>
    public object? this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    /// <summary>Adds a value at the end.</summary>
    public void Add(object? item) => _items.Add(item);

    /// <summary>Removes all values.</summary>
    public void Clear() => _items.Clear();

    /// <summary>Tells whether an equal value is there.</summary>
    public bool Contains(object? item) => _items.Contains(item);

    /// <summary>Copies all values.</summary>
    public void CopyTo(object?[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    /// <summary>Enumerates the values.</summary>
    public List<object?>.Enumerator GetEnumerator() => _items.GetEnumerator();

    /// <summary>Returns the place of an equal value, or -1.</summary>
    public int IndexOf(object? item) => _items.IndexOf(item);

    /// <summary>Inserts a value.</summary>
    public void Insert(int index, object? item) => _items.Insert(index, item);

    /// <summary>Removes the first equal value, and tells whether there was one.</summary>
    public bool Remove(object? item) => _items.Remove(item);

    /// <summary>Removes the value at a place.</summary>
    public void RemoveAt(int index) => _items.RemoveAt(index);

    IEnumerator<object?> IEnumerable<object?>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
