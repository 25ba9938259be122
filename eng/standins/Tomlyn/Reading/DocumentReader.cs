using Tomlyn.Model;

namespace Tomlyn.Reading;

/// <summary>Reads a document of TOML 1.0.0: headers, and lines of a key and its value.</summary>
internal sealed class DocumentReader
{
    private readonly Scanner _scanner;
    private readonly Definitions _definitions;
    private readonly int _maxDepth;

    private DocumentReader(string text, TomlSerializerOptions options)
    {
        _scanner = new Scanner(text, options.SourceName);
        _definitions = new Definitions(_scanner, options);
        _maxDepth = options.EffectiveMaxDepth;
    }

    /// <exception cref="TomlException">The text is no TOML.</exception>
    public static TomlTable Read(string text, TomlSerializerOptions options) => new DocumentReader(text, options).Read();

    private TomlTable Read()
    {
        var root = new TomlTable();
        var table = root;
        var depth = 1;
        for (_scanner.SkipLines(); !_scanner.AtEnd; _scanner.SkipLines())
        {
            if (_scanner.TryTake('['))
            {
                (table, depth) = ReadHeader(root);
            }
            else
            {
                ReadKeyValue(table, depth);
            }

            _scanner.TakeEndOfLine();
        }

        return root;
    }

    private (TomlTable Table, int Depth) ReadHeader(TomlTable root)
    {
        var isElement = _scanner.TryTake('[');
        var key = ReadKey(depth: 1);
        _scanner.Take(']', "after the key of the header");
        if (!isElement)
        {
            return (_definitions.OpenTable(root, key), 1 + key.Count);
        }

        _scanner.Take(']', "right after the first one");
        return (_definitions.OpenElement(root, key), 1 + key.Count);
    }

    private void ReadKeyValue(TomlTable table, int depth)
    {
        var key = ReadKey(depth);
        _scanner.Take('=', "after the key");
        _scanner.SkipBlanks();
        var value = ReadValue(depth + key.Count - 1, out var kind);
        _definitions.Add(table, key, value, kind);
    }

    private List<KeyPart> ReadKey(int depth)
    {
        var start = _scanner.Offset;
        var key = KeyReader.Read(_scanner);
        RequireDepth(depth + key.Count - 1, start);
        return key;
    }

    private object ReadValue(int depth, out TomlPropertyDisplayKind kind)
    {
        kind = TomlPropertyDisplayKind.Default;
        switch (_scanner.Current)
        {
            case '"' or '\'':
                return StringReader.Read(_scanner, out kind);
            case '[':
                return ReadArray(depth + 1);
            case '{':
                kind = TomlPropertyDisplayKind.InlineTable;
                return ReadInlineTable(depth + 1);
            default:
                return ScalarReader.Read(_scanner, out kind);
        }
    }

    private TomlArray ReadArray(int depth)
    {
        RequireDepth(depth, _scanner.Offset);
        _scanner.Advance();
        var array = new TomlArray();
        for (_scanner.SkipLines(); !_scanner.TryTake(']'); _scanner.SkipLines())
        {
            if (array.Count > 0)
            {
                _scanner.Take(',', "or ']' in the array");
                _scanner.SkipLines();
                if (_scanner.TryTake(']'))
                {
                    break;
                }
            }

            array.Add(ReadValue(depth, out _));
        }

        return array;
    }

    /// <summary>An inline table ends in the line in which it begins, unless a value within spans lines, and has no last comma.</summary>
    private TomlTable ReadInlineTable(int depth)
    {
        RequireDepth(depth, _scanner.Offset);
        _scanner.Advance();
        var table = new TomlTable(inline: true);
        _scanner.SkipBlanks();
        if (!_scanner.TryTake('}'))
        {
            do
            {
                ReadKeyValue(table, depth);
                _scanner.SkipBlanks();
            }
            while (_scanner.TryTake(','));

            _scanner.Take('}', "or ',' in the inline table");
        }

        _definitions.Close(table);
        return table;
    }

    private void RequireDepth(int depth, int start)
    {
        if (depth > _maxDepth)
        {
            throw _scanner.Fail(start, $"tables and arrays are nested deeper than {_maxDepth}");
        }
    }
}
