namespace W0rktree.LocalAgent.Configuration;

/// <summary>One statement of a TOML file, by its place in the text.</summary>
/// <param name="Table">The table whose header stands here or above, as a path; a header's own.</param>
/// <param name="Key">The key with its table as a path; null for a header.</param>
/// <param name="Start">Where its first line begins.</param>
/// <param name="End">Behind the end of its last line.</param>
/// <param name="ValueStart">Where the value begins.</param>
/// <param name="ValueEnd">Behind the value, before blanks and a comment.</param>
internal sealed record TomlStatement(string Table, string? Key, int Start, int End, int ValueStart, int ValueEnd);

/// <summary>Finds where statements stand in a TOML text, for edits that leave everything else as it is. It does not judge the text.</summary>
internal ref struct TomlStatements(string text)
{
    private readonly string _text = text;
    private int _at;

    /// <summary>Lists headers and pairs in their order.</summary>
    public static IReadOnlyList<TomlStatement> Read(string text) => new TomlStatements(text).ReadAll();

    private List<TomlStatement> ReadAll()
    {
        var statements = new List<TomlStatement>();
        var (table, arrays) = ("", 0);
        while (_at < _text.Length)
        {
            var start = _at;
            SkipBlanks();
            if (_at >= _text.Length || _text[_at] is '#' or '\n' or '\r')
            {
                SkipLine();
                continue;
            }

            if (_text[_at] == '[')
            {
                var isArray = _text.AsSpan(_at).StartsWith("[[");
                _at += isArray ? 2 : 1;

                // An element of an array is a table of its own that no key reaches.
                table = ReadPath(']') + (isArray ? $"[{arrays++}]" : "");
                SkipLine();
                statements.Add(new TomlStatement(table, null, start, _at, 0, 0));
                continue;
            }

            var key = ReadPath('=');
            _at++;
            SkipBlanks();
            var valueStart = _at;
            var valueEnd = SkipValue();
            SkipLine();
            statements.Add(new TomlStatement(table, table.Length == 0 ? key : $"{table}.{key}", start, _at, valueStart, valueEnd));
        }

        return statements;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    private void SkipLine()
    {
        var end = _text.IndexOf('\n', Math.Min(_at, _text.Length));
        _at = end < 0 ? _text.Length : end + 1;
    }

    /// <summary>Reads names joined by dots, bare or in quotes, up to a sign.</summary>
    private string ReadPath(char until)
    {
        var path = new System.Text.StringBuilder();
        while (_at < _text.Length && _text[_at] != until && _text[_at] != '\n')
        {
            if (_text[_at] is '"' or '\'')
            {
                var start = _at + 1;
                SkipString();
                path.Append(_text, start, Math.Max(0, _at - 1 - start));
                continue;
            }

            if (_text[_at] is not (' ' or '\t'))
            {
                path.Append(_text[_at]);
            }

            _at++;
        }

        return path.ToString();
    }

    /// <summary>Goes behind a value and gives where it ended.</summary>
    private int SkipValue()
    {
        var (depth, end) = (0, _at);
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case '"' or '\'':
                    SkipString();
                    end = _at;
                    continue;
                case '[' or '{':
                    depth++;
                    break;
                case ']' or '}':
                    depth--;
                    break;
                case '#' when depth == 0:
                case '\n' when depth == 0:
                    return end;
                case '#':
                    SkipLine();
                    continue;
            }

            end = _text[_at] is ' ' or '\t' or '\r' or '\n' ? end : _at + 1;
            _at++;
        }

        return end;
    }

    private void SkipString()
    {
        var quote = _text[_at];
        var three = new string(quote, 3);
        var isLong = _text.AsSpan(_at).StartsWith(three);
        _at += isLong ? 3 : 1;
        while (_at < _text.Length)
        {
            if (quote == '"' && _text[_at] == '\\')
            {
                _at += 2;
            }
            else if (isLong ? _text.AsSpan(_at).StartsWith(three) : _text[_at] == quote || _text[_at] == '\n')
            {
                _at = Math.Min(_text.Length, _at + (isLong ? 3 : 1));
                return;
            }
            else
            {
                _at++;
            }
        }
    }
}
