using System.Text;
using W0rktree.Core.Ignore;

namespace W0rktree.Core.Classification;

/// <summary>
/// Tells the class of a path from its name alone: the last matching rule of the user, else the last matching row of the
/// built-in table, else code. Immutable and thread-safe.
/// </summary>
public sealed class ChangeClassifier
{
    private static readonly ClassPatterns Table = new(
        ChangeClassTable.Rows.SelectMany(row => row.Patterns.Split(' ').Select(pattern => new ChangeClassRule(pattern, row.Class))),
        ignoreCase: true);

    private readonly ClassPatterns? _rules;

    private ChangeClassifier(ClassPatterns? rules) => _rules = rules;

    /// <summary>The built-in table alone.</summary>
    public static ChangeClassifier Default { get; } = new(null);

    /// <summary>Puts rules of the user over the table. What is no pattern (empty, a comment, negated) is refused.</summary>
    public static Result<ChangeClassifier> Create(IReadOnlyList<ChangeClassRule> rules)
    {
        foreach (var rule in rules)
        {
            // Each rule must become exactly one line of the compiled file, or the lines no longer tell the classes.
            var line = rule.Pattern.TrimEnd(' ', '\r');
            if (line.Length == 0 || line[0] is '!' or '#' || line.AsSpan().ContainsAny('\n', '\0'))
            {
                return new Error(
                    "invalid_class_pattern",
                    $"'{rule.Pattern}' is not a pattern for the class {rule.Class.Text}.",
                    "Write a pattern as in an ignore file, without '!'.");
            }
        }

        return rules.Count == 0 ? Default : new ChangeClassifier(new(rules, ignoreCase: false));
    }

    /// <summary>Gives the class of a file.</summary>
    /// <param name="path">The path from the tree's root, separated by <c>/</c>.</param>
    public ChangeClass Classify(ReadOnlySpan<byte> path) => _rules?.FindWithParents(path) ?? Table.Find(path, isDirectory: false) ?? ChangeClass.Code;

    /// <inheritdoc cref="Classify(ReadOnlySpan{byte})"/>
    public ChangeClass Classify(string path) => Classify(Encoding.UTF8.GetBytes(path));

    /// <summary>Rules as one compiled file, whose line numbers lead back to the classes.</summary>
    private sealed class ClassPatterns
    {
        private readonly IgnoreFile _file;
        private readonly ChangeClass[] _classes;

        public ClassPatterns(IEnumerable<ChangeClassRule> rules, bool ignoreCase)
        {
            var all = rules.ToArray();
            _file = IgnoreFile.Parse("classes", Encoding.UTF8.GetBytes(string.Join('\n', all.Select(rule => rule.Pattern))), ignoreCase);
            _classes = [.. all.Select(rule => rule.Class)];
        }

        public ChangeClass? Find(ReadOnlySpan<byte> path, bool isDirectory) =>
            _file.FindLast(path, isDirectory) is { } rule ? _classes[rule.Line - 1] : null;

        /// <summary>A rule of the user may name a directory, so after the file its parents are asked, the nearest first.</summary>
        public ChangeClass? FindWithParents(ReadOnlySpan<byte> path)
        {
            for (var isDirectory = false; !path.IsEmpty; isDirectory = true)
            {
                if (Find(path, isDirectory) is { } found)
                {
                    return found;
                }

                path = path[..Math.Max(0, path.LastIndexOf((byte)'/'))];
            }

            return null;
        }
    }
}
