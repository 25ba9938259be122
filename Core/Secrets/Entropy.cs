namespace W0rktree.Core.Secrets;

/// <summary>Which kinds of characters a text has.</summary>
internal readonly record struct CharacterClasses(bool HasLower, bool HasUpper, bool HasDigit, bool HasOther)
{
    /// <summary>Gets how many of the four.</summary>
    public int Count => (HasLower ? 1 : 0) + (HasUpper ? 1 : 0) + (HasDigit ? 1 : 0) + (HasOther ? 1 : 0);
}

/// <summary>Measures how random a text looks.</summary>
internal static class Entropy
{
    /// <summary>Gives Shannon's entropy in bits a character, of the counts of the characters. 0 for the empty text.</summary>
    public static double Bits(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var c in text)
        {
            counts[c & 0xFF]++;
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / text.Length;
                bits -= share * Math.Log2(share);
            }
        }

        return bits;
    }

    /// <summary>Counts the different characters.</summary>
    public static int Distinct(ReadOnlySpan<char> text)
    {
        Span<bool> seen = stackalloc bool[256];
        seen.Clear();
        var distinct = 0;
        foreach (var c in text)
        {
            distinct += seen[c & 0xFF] ? 0 : 1;
            seen[c & 0xFF] = true;
        }

        return distinct;
    }

    /// <summary>Gives the kinds of characters.</summary>
    public static CharacterClasses Classes(ReadOnlySpan<char> text)
    {
        var classes = default(CharacterClasses);
        foreach (var c in text)
        {
            classes = char.IsAsciiLetterLower(c) ? classes with { HasLower = true }
                : char.IsAsciiLetterUpper(c) ? classes with { HasUpper = true }
                : char.IsAsciiDigit(c) ? classes with { HasDigit = true }
                : classes with { HasOther = true };
        }

        return classes;
    }

    /// <summary>
    /// Tells that a value was drawn at random: long, varied, and not made of words. Words have few digits and runs of
    /// letters; what a generator draws mixes them.
    /// </summary>
    public static bool LooksRandom(ReadOnlySpan<char> value, int minLength, double minBits)
    {
        if (value.Length < minLength || SecretChecks.IsPlaceholder(value) || Bits(value) < minBits)
        {
            return false;
        }

        var classes = Classes(value);
        if (!classes.HasDigit || !(classes.HasLower || classes.HasUpper))
        {
            return false;
        }

        return IsHex(value) ? value.Length >= 32 && Bits(value) >= 2.9 : Turns(value) * 4 >= value.Length;
    }

    /// <summary>Tells that only hexadecimal digits are there.</summary>
    public static bool IsHex(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts how often a small letter, a capital, a digit and anything else take turns. In random text every other character does; in words few do.</summary>
    private static int Turns(ReadOnlySpan<char> value)
    {
        var turns = 0;
        for (var i = 1; i < value.Length; i++)
        {
            turns += Kind(value[i]) != Kind(value[i - 1]) ? 1 : 0;
        }

        return turns;

        static int Kind(char c) => char.IsAsciiLetterLower(c) ? 0 : char.IsAsciiLetterUpper(c) ? 1 : char.IsAsciiDigit(c) ? 2 : 3;
    }
}
