using System.Buffers;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.Secrets;

/// <summary>Finds secrets in the bytes of a file. Stateless and thread-safe.</summary>
public static class SecretScanner
{
    /// <summary>How much of a large file is looked at in one piece, and how far pieces overlap, so that a secret on the border is seen.</summary>
    public const int WindowBytes = 4 * 1024 * 1024;

    /// <summary>The longest secret with its surroundings: a private key of 16,384 bits has 12.5 KiB.</summary>
    public const int OverlapBytes = 16 * 1024;

    /// <summary>More findings in one file say nothing new.</summary>
    public const int MaxFindings = 50;

    /// <summary>What a pattern is given to look at: longer than any secret but the body of a key, and a bound on its work.</summary>
    private const int PatternReach = 4096;

    /// <summary>The longest part of a secret before its keyword.</summary>
    private const int BackReach = 128;

    private static readonly RuleSet s_exact = new([.. SecretRuleTable.Rows.Where(rule => !rule.AnyCase)], StringComparison.Ordinal);
    private static readonly RuleSet s_anyCase = new([.. SecretRuleTable.Rows.Where(rule => rule.AnyCase)], StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets the rules by name, with what they find, for people.</summary>
    public static IReadOnlyDictionary<string, string> Rules { get; } =
        SecretRuleTable.Rows.Select(rule => (rule.Id, rule.About)).Append((AssignmentScan.ConfigRule, AssignmentScan.ConfigAbout)).Append((AssignmentScan.CodeRule, AssignmentScan.CodeAbout))
            .ToDictionary(rule => rule.Item1, rule => rule.Item2, StringComparer.Ordinal);

    /// <summary>Looks through a file, or through one window of it.</summary>
    /// <param name="path">The path, from whose last name follows what kind of file it is.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="firstLine">The number of the line in which they begin.</param>
    public static IReadOnlyList<SecretFinding> Scan(ReadOnlySpan<byte> path, ReadOnlySpan<byte> content, int firstLine = 1)
    {
        if (content.Length < 16)
        {
            return [];
        }

        var traits = SecretFileTraits.Of(path);
        var buffer = ArrayPool<char>.Shared.Rent(content.Length);
        try
        {
            var text = SecretText.Decode(content, buffer);
            var found = new FindingList(text, firstLine);
            s_exact.Scan(text, found);
            s_anyCase.Scan(text, found);
            if (!traits.IsLockFile && !text.IsBinary)
            {
                AssignmentScan.Scan(text.Characters, traits, found);
            }

            return found.Sorted();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Rules whose keywords are searched for together.</summary>
    private sealed class RuleSet
    {
        private readonly SearchValues<string> _keywords;
        private readonly StringComparison _comparison;
        private readonly Dictionary<char, List<KeyValuePair<string, SecretRule>>> _byFirst = [];

        public RuleSet(SecretRule[] rules, StringComparison comparison)
        {
            _comparison = comparison;
            _keywords = SearchValues.Create([.. rules.SelectMany(rule => rule.Keywords).Distinct(StringComparer.Ordinal)], comparison);
            foreach (var rule in rules)
            {
                foreach (var keyword in rule.Keywords)
                {
                    var first = char.ToLowerInvariant(keyword[0]);
                    _byFirst.TryAdd(first, []);
                    _byFirst[first].Add(new(keyword, rule));
                }
            }
        }

        public void Scan(SecretText text, FindingList found)
        {
            var characters = text.Characters;
            for (var at = 0; characters[at..].IndexOfAny(_keywords) is var next and >= 0;)
            {
                at += next;
                at = Math.Max(at + 1, TryAll(characters, at, found));
                if (at >= characters.Length || found.IsFull)
                {
                    return;
                }
            }
        }

        private int TryAll(ReadOnlySpan<char> text, int at, FindingList found)
        {
            var end = 0;
            foreach (var (keyword, rule) in _byFirst.GetValueOrDefault(char.ToLowerInvariant(text[at])) ?? [])
            {
                if (text[at..].StartsWith(keyword, _comparison) && Match(rule, text, at) is { } match && rule.Check(text, match))
                {
                    found.Add(rule.Id, match);
                    end = Math.Max(end, match.End.Value);
                }
            }

            return end;
        }

        private static Range? Match(SecretRule rule, ReadOnlySpan<char> text, int at)
        {
            var start = at;
            while (rule.Back is { } back && start > 0 && at - start < BackReach && back.Contains(text[start - 1], StringComparison.Ordinal))
            {
                start--;
            }

            if (!rule.InsideWords && start > 0 && IsWord(text[start - 1]) && !IsEscape(text, start - 1))
            {
                return null;
            }

            foreach (var match in rule.Regex.EnumerateMatches(text[start..Math.Min(text.Length, start + PatternReach)]))
            {
                return start..(start + match.Length);
            }

            return null;
        }

        private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

        /// <summary>The n of <c>\n</c> in a string of a language is no letter of a word.</summary>
        private static bool IsEscape(ReadOnlySpan<char> text, int at) => text[at] is 'n' or 'r' or 't' && at > 0 && text[at - 1] == '\\';
    }
}
