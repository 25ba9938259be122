using System.Buffers;
using System.Buffers.Text;

namespace W0rktree.Core.Secrets;

/// <summary>What patterns cannot say: whether text was drawn at random or typed as an example.</summary>
internal static class SecretChecks
{
    /// <summary>Fewer different characters than this are a placeholder such as XXXX-0000, not something drawn at random.</summary>
    private const int MinDistinct = 8;

    /// <summary>The least body of a private key in base64: an Ed25519 key has 64 characters, and some are cut into strings of a language.</summary>
    private const int MinKeyBody = 40;

    /// <summary>The least line of a key: most have 64 characters, but the last one and those of short keys have fewer.</summary>
    private const int MinKeyLine = 32;

    /// <summary>How far after its header line a key's body may begin: headers such as DEK-Info and Comment stand between.</summary>
    private const int KeyReach = 2000;

    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private static readonly SearchValues<char> s_beforeValue = SearchValues.Create("\"'`=: \t>");

    private static readonly SearchValues<string> s_placeholders = SearchValues.Create(
        [
            "example", "placeholder", "changeme", "change-me", "change_me", "your", "dummy", "sample", "fake", "xxxx", "redacted", "insert", "replace", "notreal", "todo",
            "password", "passwd", "secret", "123456", "abcdef", "qwerty", "foobar", "<", ">", "${", "{{", "$(", "%(", "#{", "...", "***",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Tells that enough different characters are there.</summary>
    public static bool IsVaried(ReadOnlySpan<char> text, Range match) => Entropy.Distinct(text[match]) >= MinDistinct;

    /// <summary>Tells that somebody wrote the value to be replaced or to teach, not to be used.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> value) => value.ContainsAny(s_placeholders);

    /// <summary>Tells that the base64 of a key follows a header line, also as a string of a language with \n in it.</summary>
    public static bool HasKeyBody(ReadOnlySpan<char> text, Range match)
    {
        var end = match.GetOffsetAndLength(text.Length) is var (offset, length) ? offset + length : 0;
        var rest = text[end..Math.Min(text.Length, end + KeyReach)];
        if (rest.IndexOf("-----END") is var close and >= 0)
        {
            rest = rest[..close];
        }

        // Written in a language, lines end in \n and stand in quotes; neither belongs to the key. Words of a program are shorter than lines of a key.
        var (total, start) = (0, 0);
        for (var i = 0; i <= rest.Length; i++)
        {
            if (i < rest.Length && s_base64.Contains(rest[i]))
            {
                continue;
            }

            var run = rest[start..i];
            total += run.Length >= MinKeyLine && Entropy.Distinct(run) >= 12 ? run.Length : 0;
            start = i < rest.Length && rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] is 'n' or 'r' or 't' ? ++i + 1 : i + 1;
        }

        return total >= MinKeyBody;
    }

    /// <summary>Tells a key file of PuTTY that has its private part.</summary>
    public static bool HasPrivateLines(ReadOnlySpan<char> text, Range match)
    {
        const string head = "Private-Lines:";
        var rest = text[match.End..];
        var at = rest[..Math.Min(rest.Length, 8000)].IndexOf(head);
        return at >= 0 && HasKeyBody(rest, at..(at + head.Length));
    }

    /// <summary>Tells a web token from text that only begins like one: its head decodes to JSON that names an algorithm.</summary>
    public static bool IsWebToken(ReadOnlySpan<char> text, Range match)
    {
        var token = text[match];
        var head = token[..token.IndexOf('.')];
        Span<byte> decoded = stackalloc byte[512];
        var isText = head.Length <= 512 && Base64Url.TryDecodeFromChars(head, decoded, out var length) && decoded[..length].IndexOf("\"alg\""u8) >= 0;

        // The token that every introduction shows: the subject 1234567890, John Doe.
        return isText && !token.Contains("eyJzdWIiOiIxMjM0NTY3ODkwIi", StringComparison.Ordinal);
    }

    /// <summary>Tells a password in an address from the placeholder of a manual.</summary>
    public static bool IsAddressWithPassword(ReadOnlySpan<char> text, Range match)
    {
        var address = text[match];
        var user = address[(address.IndexOf("://") + 3)..];
        var at = user.LastIndexOf('@');
        var colon = user.IndexOf(':');
        if (colon <= 0 || at <= colon)
        {
            return false;
        }

        var password = user[(colon + 1)..at];
        var classes = Entropy.Classes(password);
        return !password.Equals(user[..colon], StringComparison.OrdinalIgnoreCase) && !IsPlaceholder(password)
            && password.Length >= 6 && classes.HasDigit && (classes.Count >= 3 || Entropy.Bits(password) >= (classes.Count >= 2 ? 2.75 : 3.2));
    }

    /// <summary>Tells that the base64 of a login header is a name, a colon and a password that somebody uses.</summary>
    public static bool IsBasicLogin(ReadOnlySpan<char> text, Range match)
    {
        var value = text[match];
        value = value[(value.LastIndexOf(' ') + 1)..];
        Span<byte> decoded = stackalloc byte[256];
        if (value.Length > 256 || !Convert.TryFromBase64Chars(value, decoded, out var length))
        {
            return false;
        }

        var login = System.Text.Encoding.Latin1.GetString(decoded[..length]);
        var colon = login.IndexOf(':');
        return colon > 0 && login.Length - colon > 8 && !login.Any(char.IsControl) && !IsPlaceholder(login.AsSpan(colon + 1)) && Entropy.Bits(login.AsSpan(colon + 1)) >= 2.75;
    }

    /// <summary>Tells that a value after a name such as api_key was drawn at random.</summary>
    public static bool IsRandomValue(ReadOnlySpan<char> text, Range match)
    {
        var value = text[match].TrimEnd("\"'`");
        var start = value.LastIndexOfAny(s_beforeValue);
        return Entropy.LooksRandom(value[(start + 1)..], 20, 3.4);
    }
}
