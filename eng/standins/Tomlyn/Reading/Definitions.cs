using Tomlyn.Model;

namespace Tomlyn.Reading;

/// <summary>Knows how each table came to be, and so what may still be added to it: TOML defines every table in one place.</summary>
internal sealed class Definitions(Scanner scanner, TomlSerializerOptions options)
{
    private readonly Dictionary<TomlTable, Origin> _origins = new(ReferenceEqualityComparer.Instance);

    private enum Origin
    {
        /// <summary>Named on the way to a header's table: may get one header of its own.</summary>
        Implied,

        /// <summary>Has had its header: only headers below it may follow.</summary>
        Header,

        /// <summary>Made by a dotted key: more dotted keys and headers below it may follow.</summary>
        Dotted,

        /// <summary>Written in braces: complete.</summary>
        Closed,
    }

    /// <summary>Opens the table of a header in single brackets.</summary>
    public TomlTable OpenTable(TomlTable root, List<KeyPart> key)
    {
        var parent = WalkHeader(root, key);
        var last = key[^1];
        if (!parent.TryGetValue(last.Name, out var existing))
        {
            return Create(parent, last, Origin.Header);
        }

        if (existing is not TomlTable table || _origins[table] != Origin.Implied)
        {
            throw Fail(last, existing is TomlTable ? "is defined already" : "is no table already");
        }

        _origins[table] = Origin.Header;
        Remember(parent, last, TomlPropertyDisplayKind.Default);
        return table;
    }

    /// <summary>Adds a table to the array of a header in double brackets.</summary>
    public TomlTable OpenElement(TomlTable root, List<KeyPart> key)
    {
        var parent = WalkHeader(root, key);
        var last = key[^1];
        if (!parent.TryGetValue(last.Name, out var existing))
        {
            existing = new TomlTableArray();
            parent.Add(last.Name, existing);
        }

        if (existing is not TomlTableArray array)
        {
            throw Fail(last, "is no array of tables already");
        }

        Remember(parent, last, TomlPropertyDisplayKind.Default);
        var element = new TomlTable();
        _origins.Add(element, Origin.Header);
        array.Add(element);
        return element;
    }

    /// <summary>Adds a value under a key that may be dotted.</summary>
    public void Add(TomlTable table, List<KeyPart> key, object value, TomlPropertyDisplayKind kind)
    {
        foreach (var part in key.SkipLast(1))
        {
            if (!table.TryGetValue(part.Name, out var next))
            {
                table = Create(table, part, Origin.Dotted);
                continue;
            }

            if (next is not TomlTable inner || _origins[inner] != Origin.Dotted)
            {
                throw Fail(part, next is TomlTable ? "is defined elsewhere and cannot be extended by a dotted key" : "is no table already");
            }

            Remember(table, part, TomlPropertyDisplayKind.Default);
            table = inner;
        }

        var last = key[^1];
        if (!table.ContainsKey(last.Name))
        {
            table.Add(last.Name, value);
            Remember(table, last, kind);
            return;
        }

        throw Fail(last, "is defined already");
    }

    /// <summary>Makes a table in braces, with the tables that its dotted keys made, complete.</summary>
    public void Close(TomlTable table)
    {
        _origins[table] = Origin.Closed;
        foreach (var (_, value) in table)
        {
            if (value is TomlTable inner)
            {
                Close(inner);
            }
        }
    }

    private TomlTable WalkHeader(TomlTable table, List<KeyPart> key)
    {
        foreach (var part in key.SkipLast(1))
        {
            if (!table.TryGetValue(part.Name, out var next))
            {
                table = Create(table, part, Origin.Implied);
                continue;
            }

            var inner = next switch
            {
                TomlTable each when _origins[each] != Origin.Closed => each,
                TomlTableArray array => array[^1],
                TomlTable => throw Fail(part, "is an inline table, which cannot be extended"),
                _ => throw Fail(part, "is no table already"),
            };
            Remember(table, part, TomlPropertyDisplayKind.Default);
            table = inner;
        }

        return table;
    }

    private TomlTable Create(TomlTable parent, KeyPart part, Origin origin)
    {
        var table = new TomlTable();
        _origins.Add(table, origin);
        parent.Add(part.Name, table);
        Remember(parent, part, TomlPropertyDisplayKind.Default);
        return table;
    }

    private void Remember(TomlTable table, KeyPart part, TomlPropertyDisplayKind kind)
    {
        if (options.MetadataStore is not { } store)
        {
            return;
        }

        if (!store.TryGetProperties(table, out var properties) || properties is null)
        {
            properties = new TomlPropertiesMetadata();
            store.SetProperties(table, properties);
        }

        var span = Place.ToSyntax(scanner.Span(part.Start, part.End));
        properties.SetProperty(part.Name, new TomlPropertyMetadata { DisplayKind = kind, Span = span });
    }

    private TomlException Fail(KeyPart part, string reason) => scanner.Fail(part.Start, $"'{part.Name}' {reason}", part.End);
}
