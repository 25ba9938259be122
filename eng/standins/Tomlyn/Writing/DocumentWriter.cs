using Tomlyn.Model;

namespace Tomlyn.Writing;

/// <summary>Writes a table as a document: of each table first the values, then the tables below it with headers.</summary>
internal sealed class DocumentWriter(TextWriter output, int maxDepth)
{
    private bool _isFirst = true;

    /// <exception cref="TomlException">A value has no form in TOML, or the nesting is too deep.</exception>
    public void Write(TomlTable root) => WriteTable(root, path: "", depth: 1);

    private void WriteTable(TomlTable table, string path, int depth)
    {
        RequireDepth(depth);
        foreach (var (key, value) in table)
        {
            if (!HasHeader(value))
            {
                output.Write(StringWriter.Key(key));
                output.Write(" = ");
                WriteValue(value, depth);
                output.Write('\n');
                _isFirst = false;
            }
        }

        foreach (var (key, value) in table)
        {
            var below = path.Length == 0 ? StringWriter.Key(key) : $"{path}.{StringWriter.Key(key)}";
            if (value is TomlTableArray { Count: > 0 } array)
            {
                foreach (var element in array)
                {
                    WriteHeader($"[[{below}]]");
                    WriteTable(element, below, depth + 1);
                }
            }
            else if (HasHeader(value) && value is TomlTable inner)
            {
                // A header that only leads to others says nothing.
                if (inner.Count == 0 || inner.Values.Any(each => !HasHeader(each)))
                {
                    WriteHeader($"[{below}]");
                }

                WriteTable(inner, below, depth + 1);
            }
        }
    }

    /// <summary>An empty array of tables has no header to stand in; it is written as an empty array.</summary>
    private static bool HasHeader(object value) => value is TomlTable { Kind: ObjectKind.Table } or TomlTableArray { Count: > 0 };

    private void WriteHeader(string header)
    {
        output.Write(_isFirst ? "" : "\n");
        output.Write(header);
        output.Write('\n');
        _isFirst = false;
    }

    private void WriteValue(object? value, int depth)
    {
        switch (value)
        {
            case TomlTable table:
                WriteList("{ ", table, " }", "{}", depth + 1, entry =>
                {
                    output.Write(StringWriter.Key(entry.Key));
                    output.Write(" = ");
                    WriteValue(entry.Value, depth + 1);
                });
                break;
            case TomlArray array:
                WriteList("[", array, "]", "[]", depth + 1, item => WriteValue(item, depth + 1));
                break;
            case TomlTableArray tables:
                WriteList("[", tables, "]", "[]", depth + 1, table => WriteValue(table, depth + 1));
                break;
            default:
                output.Write(ScalarWriter.Format(value));
                break;
        }
    }

    private void WriteList<T>(string open, ICollection<T> items, string close, string empty, int depth, Action<T> write)
    {
        RequireDepth(depth);
        if (items.Count == 0)
        {
            output.Write(empty);
            return;
        }

        var separator = open;
        foreach (var item in items)
        {
            output.Write(separator);
            write(item);
            separator = ", ";
        }

        output.Write(close);
    }

    private void RequireDepth(int depth)
    {
        if (depth > maxDepth)
        {
            throw new TomlException($"Tables and arrays are nested deeper than {maxDepth}.");
        }
    }
}
