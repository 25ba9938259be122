namespace W0rktree.Core.Ignore;

/// <summary>Reads a bracket expression, <c>[a-z]</c>, <c>[!x]</c>, <c>[[:digit:]_]</c>, into the set of bytes it takes.</summary>
internal static class GlobBracket
{
    /// <summary>
    /// Reads the expression whose opening bracket is at <paramref name="position"/> and moves behind its end.
    /// False when it has no end or names an unknown class: such a pattern matches nothing.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> pattern, ref int position, GlobOptions options, out ByteSet set)
    {
        set = default;
        var at = position + 1;
        var negated = at < pattern.Length && pattern[at] is (byte)'!' or (byte)'^';
        if (negated)
        {
            at++;
        }

        // A closing bracket in first place is a member, not the end.
        var first = true;
        // The left end of a range; 0 where a range cannot start (after a class or another range).
        byte left = 0;
        while (first || At(pattern, at) != ']')
        {
            first = false;
            var current = At(pattern, at);
            if (current < 0)
            {
                return false;
            }

            if (current == '-' && left != 0 && At(pattern, at + 1) is >= 0 and not ']')
            {
                if (!TryReadMember(pattern, ref at, at + 1, out var right))
                {
                    return false;
                }

                AddRange(ref set, left, right, options);
                left = 0;
            }
            else if (current == '[' && At(pattern, at + 1) == ':' && FindClassEnd(pattern, at + 2, out var end) is var found && found != ClassEnd.Ordinary)
            {
                if (found == ClassEnd.Missing || !TryAddClass(ref set, pattern[(at + 2)..end], options))
                {
                    return false;
                }

                at = end + 2;
                left = 0;
            }
            else
            {
                if (!TryReadMember(pattern, ref at, at, out left))
                {
                    return false;
                }

                set.Add(left);
            }
        }

        position = at + 1;
        Finish(ref set, negated, options);
        return true;
    }

    private static int At(ReadOnlySpan<byte> pattern, int index) => index < pattern.Length ? pattern[index] : -1;

    private static bool TryReadMember(ReadOnlySpan<byte> pattern, ref int at, int from, out byte member)
    {
        member = 0;
        if (At(pattern, from) == '\\')
        {
            from++;
        }

        if (from >= pattern.Length)
        {
            return false;
        }

        member = pattern[from];
        at = from + 1;
        return true;
    }

    private enum ClassEnd
    {
        Found,
        Ordinary,
        Missing,
    }

    /// <summary>Finds the colon of <c>:]</c>; a bracket closed without a colon is an ordinary member <c>[</c>.</summary>
    private static ClassEnd FindClassEnd(ReadOnlySpan<byte> pattern, int from, out int colon)
    {
        var length = pattern[from..].IndexOf((byte)']');
        colon = from + length - 1;
        if (length < 0)
        {
            return ClassEnd.Missing;
        }

        return length > 0 && pattern[colon] == ':' ? ClassEnd.Found : ClassEnd.Ordinary;
    }

    private static void AddRange(ref ByteSet set, byte left, byte right, GlobOptions options)
    {
        set.AddRange(left, right);
        if (options.HasFlag(GlobOptions.IgnoreCase))
        {
            for (var letter = 'a'; letter <= 'z'; letter++)
            {
                var upper = (byte)(letter - 'a' + 'A');
                if (upper >= left && upper <= right)
                {
                    set.Add((byte)letter);
                }
            }
        }
    }

    private static bool TryAddClass(ref ByteSet set, ReadOnlySpan<byte> name, GlobOptions options)
    {
        Func<byte, bool>? test = name switch
        {
            _ when name.SequenceEqual("alnum"u8) => static b => char.IsAsciiLetterOrDigit((char)b),
            _ when name.SequenceEqual("alpha"u8) => static b => char.IsAsciiLetter((char)b),
            _ when name.SequenceEqual("blank"u8) => static b => b is (byte)' ' or (byte)'\t',
            _ when name.SequenceEqual("cntrl"u8) => static b => b is < 0x20 or 0x7f,
            _ when name.SequenceEqual("digit"u8) => static b => char.IsAsciiDigit((char)b),
            _ when name.SequenceEqual("graph"u8) => static b => b is > 0x20 and < 0x7f,
            _ when name.SequenceEqual("lower"u8) => static b => char.IsAsciiLetterLower((char)b),
            _ when name.SequenceEqual("print"u8) => static b => b is >= 0x20 and < 0x7f,
            _ when name.SequenceEqual("punct"u8) => static b => b is > 0x20 and < 0x7f && !char.IsAsciiLetterOrDigit((char)b),
            _ when name.SequenceEqual("space"u8) => static b => b is (byte)' ' or (>= 0x09 and <= 0x0d),
            _ when name.SequenceEqual("upper"u8) && options.HasFlag(GlobOptions.IgnoreCase) => static b => char.IsAsciiLetter((char)b),
            _ when name.SequenceEqual("upper"u8) => static b => char.IsAsciiLetterUpper((char)b),
            _ when name.SequenceEqual("xdigit"u8) => static b => char.IsAsciiHexDigit((char)b),
            _ => null,
        };
        if (test is null)
        {
            return false;
        }

        for (var value = 0; value < 256; value++)
        {
            if (test((byte)value))
            {
                set.Add((byte)value);
            }
        }

        return true;
    }

    private static void Finish(ref ByteSet set, bool negated, GlobOptions options)
    {
        if (negated)
        {
            set = set.Complement();
        }

        if (options.HasFlag(GlobOptions.PathName))
        {
            // No bracket expression ever takes a slash.
            var slash = default(ByteSet);
            slash.Add((byte)'/');
            set = set.Without(slash);
        }
    }
}
