using System.Buffers;
using System.Text.RegularExpressions;

namespace W0rktree.Core.Secrets;

/// <summary>
/// Finds values that look drawn at random behind names that speak of secrets. In configuration any value; in other files only
/// what stands in quotes and is long, since code has many names like that and few secrets.
/// </summary>
internal static partial class AssignmentScan
{
    public const string ConfigRule = "config-secret";
    public const string ConfigAbout = "random value under a secret's name in a configuration file";
    public const string CodeRule = "code-secret";
    public const string CodeAbout = "random text under a secret's name in a program";

    /// <summary>A line longer than this was written by a program; only its beginning is read.</summary>
    private const int LineReach = 2000;

    private static readonly SearchValues<string> s_names = SearchValues.Create(
        ["passw", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "api-key", "api.key", "accesskey", "access_key", "access-key", "privatekey", "private_key", "authkey", "auth_key", "signingkey", "signing_key", "encryptionkey", "encryption_key", "credential", "masterkey", "master_key"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>What a secret's name never ends in: it then names a place, a kind, a time or what everybody may know.</summary>
    private static readonly SearchValues<string> s_others = SearchValues.Create(
        ["file", "path", "url", "uri", "endpoint", "ttl", "expir", "length", "size", "count", "limit", "type", "name", "public", "integrity", "checksum", "sha", "digest", "format", "algorithm", "regex", "pattern", "tokeniz", "keyref", "version", "hash_", "csrf_cookie", "placeholder", "label", "description", "message", "title"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks at every line that speaks of a secret; in an environment file at every line.</summary>
    public static void Scan(ReadOnlySpan<char> text, SecretFileTraits traits, FindingList found)
    {
        for (var at = 0; at < text.Length && !found.IsFull;)
        {
            var next = traits.IsEnvironment ? 0 : text[at..].IndexOfAny(s_names);
            if (next < 0)
            {
                return;
            }

            // Back to the line's beginning: the name may begin before the word.
            var start = text[..(at + next)].LastIndexOf('\n') + 1;
            start = Math.Max(start, at + next - LineReach);
            var length = text[start..].IndexOf('\n');
            var end = length < 0 ? text.Length : start + length;
            ScanLine(text, start, Math.Min(end, start + (2 * LineReach)), traits, found);
            at = Math.Max(end, at + next) + 1;
        }
    }

    private static void ScanLine(ReadOnlySpan<char> text, int start, int end, SecretFileTraits traits, FindingList found)
    {
        var regex = traits.IsConfig ? ConfigLine() : CodeLine();
        foreach (var match in regex.EnumerateMatches(text[start..end]))
        {
            var pair = text.Slice(start + match.Index, match.Length);
            if (Split(pair) is not { } value || !IsSecret(pair[..value.Start.Value], pair[value], traits))
            {
                continue;
            }

            var offset = start + match.Index;
            if (!found.HasLine(offset))
            {
                found.Add(traits.IsConfig ? ConfigRule : CodeRule, (offset + value.Start.Value)..(offset + value.End.Value));
            }

            return;
        }
    }

    /// <summary>Finds the value in a matched pair: what follows the sign, without quotes.</summary>
    private static Range? Split(ReadOnlySpan<char> pair)
    {
        var sign = pair.IndexOfAny('=', ':', '>');
        if (sign < 0)
        {
            return null;
        }

        var start = sign + 1;
        while (start < pair.Length && pair[start] is ' ' or '\t' or '"' or '\'' or '`' or '=' or ':' or '>')
        {
            start++;
        }

        var end = pair.Length;
        while (end > start && pair[end - 1] is '"' or '\'' or '`' or ' ' or '\r')
        {
            end--;
        }

        return start < end ? start..end : null;
    }

    private static bool IsSecret(ReadOnlySpan<char> name, ReadOnlySpan<char> value, SecretFileTraits traits)
    {
        if (name.ContainsAny(s_others) || IsReference(value))
        {
            return false;
        }

        if (!traits.IsConfig)
        {
            return Entropy.LooksRandom(value, 24, 3.9);
        }

        var isNamed = name.ContainsAny(s_names);
        if (!isNamed)
        {
            return Entropy.LooksRandom(value, 32, 4.2) || (Entropy.IsHex(value) && Entropy.LooksRandom(value, 40, 3.2));
        }

        // A password that a person chose is shorter than what a generator draws, and mixes more kinds of characters.
        return Entropy.LooksRandom(value, 16, 3.1) || (value.Length >= 10 && IsStrongPassword(value));
    }

    private static bool IsStrongPassword(ReadOnlySpan<char> value)
    {
        var classes = Entropy.Classes(value);
        return classes is { HasDigit: true, HasLower: true, HasUpper: true } && (classes.HasOther || value.Length >= 12)
            && value.IndexOfAny(' ', '/', '(') < 0 && !SecretChecks.IsPlaceholder(value) && Entropy.Bits(value) >= 2.9;
    }

    /// <summary>The value stands elsewhere, or is no value: a variable, a path, an address, a call.</summary>
    private static bool IsReference(ReadOnlySpan<char> value) =>
        value[0] is '$' or '@' or '&' or '/' or '~' or '%' or '{' or '[' or '(' or '!' or '|' or '<' || value.StartsWith("./") || value.StartsWith("../")
        || value.Contains("://", StringComparison.Ordinal) || value.StartsWith("ENC[") || value.StartsWith("op:") || value.StartsWith("vault:") || value.StartsWith("arn:")
        || value.StartsWith("sha", StringComparison.OrdinalIgnoreCase) || value.Contains('(') || IsDotted(value) || IsUuid(value);

    /// <summary>Names joined by dots, as a member of a program: <c>process.env.API_KEY2</c>.</summary>
    private static bool IsDotted(ReadOnlySpan<char> value) => value.Count('.') >= 1 && value.IndexOfAny("+/=-") < 0 && !value.StartsWith("eyJ") && MostlyWords(value);

    private static bool MostlyWords(ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split('.'))
        {
            if (value[range].Length > 20)
            {
                return false;
            }
        }

        return true;
    }

    // An id far more often than a secret.
    private static bool IsUuid(ReadOnlySpan<char> value) => value.Length == 36 && Guid.TryParseExact(value, "D", out _);

#pragma warning disable MA0009 // Every repetition is bounded, and a line is cut at 4,000 characters.
    [GeneratedRegex("""["'<]?[A-Za-z0-9_.\-]{1,80}["']?(?:\s*(?:=>|:=|=|:)\s*["'`]?|>|["']\s+value=["'])[^\s"'`<>,;]{8,500}["'`]?""", RegexOptions.CultureInvariant)]
    private static partial Regex ConfigLine();

    [GeneratedRegex("""[A-Za-z0-9_.\-]{0,60}(?i:passw|passphrase|pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|auth[_.-]?key|signing[_.-]?key|encryption[_.-]?key|credential|master[_.-]?key)[A-Za-z0-9_.\-]{0,40}["'\]]{0,2}\s*(?:=>|:=|=|:)\s*["'`][^\s"'`]{24,500}["'`]""", RegexOptions.CultureInvariant)]
    private static partial Regex CodeLine();
#pragma warning restore MA0009
}
