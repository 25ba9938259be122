using System.Collections;

namespace Tomlyn.Model;

/// <summary>An array of tables whose headers are in double brackets.</summary>
public sealed class TomlTableArray : TomlObject, IList<TomlTable>
{
    private readonly List<TomlTable> _items = [];

    /// <summary>Creates an empty array.</summary>
    public TomlTableArray()
        : base(ObjectKind.TableArray)
    {
    }

    /// <summary>The number of tables.</summary>
    public int Count => _items.Count;

    /// <summary>Always false.</summary>
    public bool IsReadOnly => false;

    /// <summary>Reads or replaces a table.</summary>
    public TomlTable this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    /// <summary>Adds a table at the end.</summary>
    public void Add(TomlTable item) => _items.Add(item);

    /// <summary>Removes all tables.</summary>
    public void Clear() => _items.Clear();

    /// <summary>Tells whether the same table is there.</summary>
    public bool Contains(TomlTable item) => _items.Contains(item);

    /// <summary>Copies all tables.</summary>
    public void CopyTo(TomlTable[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    /// <summary>Enumerates the tables.</summary>
    public List<TomlTable>.Enumerator GetEnumerator() => _items.GetEnumerator();

    /// <summary>Returns the place of the same table, or -1.</summary>
    public int IndexOf(TomlTable item) => _items.IndexOf(item);

    /// <summary>Inserts a table.</summary>
    public void Insert(int index, TomlTable item) => _items.Insert(index, item);

    /// <summary>Removes the same table, and tells whether there was one.</summary>
    public bool Remove(TomlTable item) => _items.Remove(item);

    /// <summary>Removes the table at a place.</summary>
    public void RemoveAt(int index) => _items.RemoveAt(index);

    IEnumerator<TomlTable> IEnumerable<TomlTable>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
