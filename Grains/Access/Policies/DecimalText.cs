namespace W0rktree.Grains.Access.Policies;

/// <summary>Compares decimal numbers of any length by their digits: <c>-?[0-9]+(\.[0-9]+)?</c>.</summary>
/// <remarks>No binary or fixed-width number lies between: a limit of 30 digits in a policy compares as written.</remarks>
internal static class DecimalText
{
    /// <summary>Compares two numbers; null where one of them is none.</summary>
    public static int? Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (!TryRead(left, out var a) || !TryRead(right, out var b))
        {
            return null;
        }

        if (a.IsNegative != b.IsNegative)
        {
            return a.IsNegative ? -1 : 1;
        }

        var order = a.Whole.Length != b.Whole.Length ? a.Whole.Length.CompareTo(b.Whole.Length) : a.Whole.SequenceCompareTo(b.Whole);
        order = order != 0 ? order : a.Fraction.SequenceCompareTo(b.Fraction);
        return a.IsNegative ? -Math.Sign(order) : Math.Sign(order);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out Number number)
    {
        number = default;
        var negative = text.StartsWith('-');
        var digits = negative ? text[1..] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.IsEmpty || whole.ContainsAnyExceptInRange('0', '9') || (point >= 0 && (fraction.IsEmpty || fraction.ContainsAnyExceptInRange('0', '9'))))
        {
            return false;
        }

        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        number = new Number { IsNegative = negative && !(whole.IsEmpty && fraction.IsEmpty), Whole = whole, Fraction = fraction };
        return true;
    }

    /// <summary>Without zeros in front of the whole part and behind the fraction, so that the digits compare as they stand.</summary>
    private ref struct Number
    {
        public bool IsNegative;
        public ReadOnlySpan<char> Whole;
        public ReadOnlySpan<char> Fraction;
    }
}
