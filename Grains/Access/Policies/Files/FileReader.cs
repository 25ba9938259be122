using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using Tomlyn.Serialization;

namespace W0rktree.Grains.Access.Policies.Files;

/// <summary>Reads one policy file strictly and notes every problem with its place.</summary>
internal sealed class FileReader(string file, List<PolicyProblem> problems, List<PolicyProblem> warnings)
{
    /// <summary>The most characters of one file: thousands of rules, and a bound on what one push can make the server parse.</summary>
    public const int MaxCharacters = 1 << 20;

    private readonly TomlMetadataStore _places = new();

    /// <summary>Gets the file's path from the worktree's root.</summary>
    public string File => file;

    /// <summary>Reads the document; null where it is not one.</summary>
    public TomlTable? Read(string text)
    {
        if (text.Length > MaxCharacters)
        {
            problems.Add(new PolicyProblem("policy_too_large", file, 1, 1, $"A policy file has at most {MaxCharacters:N0} characters."));
            return null;
        }

        try
        {
            // The serializer alone takes a key that stands twice; here that is how a rule would get lost unseen.
            _ = SyntaxParser.ParseStrict(text, file);
            return TomlSerializer.Deserialize<TomlTable>(text, new TomlSerializerOptions { SourceName = file, MetadataStore = _places });
        }
        catch (TomlException e)
        {
            var message = e.Diagnostics.Count > 0 ? e.Diagnostics[0].Message : e.Message;
            problems.Add(new PolicyProblem("policy_syntax", file, e.Line ?? 1, e.Column ?? 1, $"This is not TOML: {message}"));
            return null;
        }
    }

    /// <summary>Notes a problem at a key of a table, or at the table's first key where it lacks that one.</summary>
    public void Refuse(TomlTable table, string? key, string code, string message) => problems.Add(At(table, key, code, message));

    /// <summary>Notes what is allowed and hardly meant.</summary>
    public void Warn(TomlTable table, string? key, string code, string message) => warnings.Add(At(table, key, code, message));

    /// <summary>Gives the line of a key from 1.</summary>
    public int LineOf(TomlTable table, string? key) => Place(table, key).Line;

    /// <summary>Notes every key that has no meaning here.</summary>
    public void RefuseOtherKeys(TomlTable table, params ReadOnlySpan<string> known)
    {
        foreach (var key in table.Keys)
        {
            if (!known.Contains(key))
            {
                Refuse(table, key, "policy_unknown_key", $"'{key}' means nothing here; known are: {string.Join(", ", known.ToArray())}.");
            }
        }
    }

    /// <summary>Reads a string that has to be there and may not be empty.</summary>
    public string? Text(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
        {
            Refuse(table, null, "policy_missing_key", $"'{key}' is missing.");
            return null;
        }

        if (value is string { Length: > 0 } text)
        {
            return text;
        }

        Refuse(table, key, "policy_wrong_type", $"'{key}' is to be a string that is not empty.");
        return null;
    }

    /// <summary>Reads an array of strings that has to be there.</summary>
    public string[]? Texts(TomlTable table, string key)
    {
        if (!table.TryGetValue(key, out var value))
        {
            Refuse(table, null, "policy_missing_key", $"'{key}' is missing.");
            return null;
        }

        if (value is TomlArray array && array.All(static item => item is string))
        {
            return [.. array.Cast<string>()];
        }

        Refuse(table, key, "policy_wrong_type", $"'{key}' is to be an array of strings.");
        return null;
    }

    /// <summary>Reads an array of tables, written either way; null where it is something else.</summary>
    public IReadOnlyList<TomlTable>? Tables(TomlTable table, string key)
    {
        switch (table.TryGetValue(key, out var value) ? value : null)
        {
            case null:
                return [];
            case TomlTableArray tables:
                return [.. tables];
            case TomlArray array when array.All(static item => item is TomlTable):
                return [.. array.Cast<TomlTable>()];
            default:
                Refuse(table, key, "policy_wrong_type", $"'{key}' is to be an array of tables.");
                return null;
        }
    }

    /// <summary>Reads permissions by name, <c>*</c> for all.</summary>
    public PermissionSet Permissions(TomlTable table)
    {
        var set = default(PermissionSet);
        foreach (var name in Texts(table, "permissions") ?? [])
        {
            if (name == "*")
            {
                set = PermissionSet.All;
            }
            else if (PermissionSet.NumberOf(name) is null)
            {
                Refuse(table, "permissions", "policy_unknown_permission", $"There is no permission '{name}'.");
            }
            else
            {
                set = set.With(name);
            }
        }

        return set;
    }

    private PolicyProblem At(TomlTable table, string? key, string code, string message)
    {
        var (line, column) = Place(table, key);
        return new PolicyProblem(code, file, line, column, message);
    }

    private (int Line, int Column) Place(TomlTable table, string? key)
    {
        if (!_places.TryGetProperties(table, out var properties) || properties is null)
        {
            return (1, 1);
        }

        if (key is not null && properties.TryGetProperty(key, out var property))
        {
            return (property.Span.Start.Line + 1, property.Span.Start.Column + 1);
        }

        // A table has no place of its own: its first key's is the nearest.
        var places = table.Keys.Select(k => properties.TryGetProperty(k, out var p) ? (p.Span.Start.Line + 1, p.Span.Start.Column + 1) : (1, 1));
        return places.DefaultIfEmpty((1, 1)).Min();
    }
}
