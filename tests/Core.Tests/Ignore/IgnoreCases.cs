using System.Text;

namespace W0rktree.Core.Tests.Ignore;

/// <summary>One made-up worktree: files, and ignore files in some of its directories.</summary>
internal sealed record IgnoreCase(IReadOnlyList<string> Directories, IReadOnlyList<string> Files, IReadOnlyDictionary<string, string> IgnoreFiles);

/// <summary>Makes worktrees and gitignore files that use every corner of the syntax, from a seed.</summary>
internal sealed class IgnoreCases(int seed)
{
    private static readonly string[] Names =
        ["a", "b", "foo", "bar", "foo.o", "bar.o", "a.c", "x y", "[a]", "a*b", "build", "Foo", "café", "#x", "!y", "a-b", "sp ", "q?", ".hid", "foo1", "f\\o"];

    private static readonly string[] Pieces =
        ["a", "b", "foo", "bar", "f*", "*.o", "*o", "fo?", "[a-f]*", "[!a-f]*", "[^x]*", "*a*", "**", "*", "?", "[[:upper:]]*", "[[:alpha:][:digit:]]", "[]-]a",
            "\\[a\\]", "a\\*b", "x y", "build", "f**", "**r", "[a", "[[:bad:]]", "x\\ y", "\\f*", "foo[0-9]", "caf?", "caf*", "q\\?", "[a]", "*[a]*", "f[\\o]o", ".h*", "f\\\\o"];

    private readonly Random _random = new(seed);

    public IgnoreCase Next()
    {
        var directories = new HashSet<string>(StringComparer.Ordinal);
        var files = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            var depth = _random.Next(1, 5);
            var parts = Enumerable.Range(0, depth).Select(_ => Pick(Names)).ToArray();
            var parents = Enumerable.Range(1, depth - 1).Select(n => string.Join('/', parts[..n])).ToArray();
            var path = string.Join('/', parts);
            if (parents.Any(files.Contains) || directories.Contains(path))
            {
                continue;
            }

            directories.UnionWith(parents);
            files.Add(path);
        }

        var ignoreFiles = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = IgnoreText() };
        foreach (var directory in directories.Order(StringComparer.Ordinal).Where(_ => _random.Next(6) == 0))
        {
            ignoreFiles[directory] = IgnoreText();
        }

        return new([.. directories.Order(StringComparer.Ordinal)], [.. files.Order(StringComparer.Ordinal)], ignoreFiles);
    }

    private string IgnoreText()
    {
        var text = new StringBuilder(_random.Next(8) == 0 ? "\uFEFF" : "");
        var end = _random.Next(6) == 0 ? "\r\n" : "\n";
        for (var count = _random.Next(1, 7); count > 0; count--)
        {
            text.Append(_random.Next(12) == 0 ? Pick(["", "# note", "\\#x", "\\!y", " ", "/", "!", "//", "foo\\", "sp\\ ", "sp\\  "]) : Pattern()).Append(end);
        }

        if (_random.Next(4) == 0)
        {
            text.Length -= end.Length;
        }

        return text.ToString();
    }

    private string Pattern()
    {
        var pieces = Enumerable.Range(0, _random.Next(3) == 0 ? _random.Next(2, 5) : 1).Select(_ => Pick(Pieces));
        var pattern = string.Join('/', pieces);
        pattern = _random.Next(5) == 0 ? "/" + pattern : pattern;
        pattern = _random.Next(5) == 0 ? pattern + "/" : pattern;
        pattern = _random.Next(4) == 0 ? "!" + pattern : pattern;
        return _random.Next(12) == 0 ? pattern + Pick([" ", "  ", "\t", "\\ "]) : pattern;
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
