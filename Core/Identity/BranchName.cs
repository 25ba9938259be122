using System.Text;

namespace W0rktree.Core.Identity;

/// <summary>Names a branch of one tree.</summary>
/// <remarks>
/// 1 to 200 bytes of UTF-8, segments separated by <c>/</c>. As in git's check-ref-format: no segment starts with a dot or
/// ends in <c>.lock</c>, no <c>..</c>, no control characters, none of <c>space ~ ^ : ? * [ \ @</c>. The <c>@</c> is
/// reserved for <c>main@server</c>.
/// </remarks>
public readonly record struct BranchName : IComparable<BranchName>
{
    /// <summary>The longest name in bytes of UTF-8: with <c>@server</c> and a folder in front it still fits a file name.</summary>
    public const int MaxBytes = 200;

    private const string Forbidden = " ~^:?*[\\@";

    private readonly string? _name;

    private BranchName(string name) => _name = name;

    /// <summary>The branch that a new tree starts on.</summary>
    public static BranchName Main { get; } = new("main");

    /// <summary>Gets the name; empty for the default value, which names nothing.</summary>
    public string Text => _name ?? "";

    /// <summary>Checks and takes a name.</summary>
    public static Result<BranchName> Parse(string text)
    {
        var why = WhyNot(text);
        return why is null
            ? new BranchName(text)
            : new Error("invalid_branch_name", $"'{text}' cannot name a branch: {why}.", "Use letters, digits, '-', '_', '.' and '/', as in 'feature/login'.");
    }

    /// <inheritdoc/>
    public int CompareTo(BranchName other) => string.CompareOrdinal(Text, other.Text);

    /// <summary>Gives the name.</summary>
    public override string ToString() => Text;

    private static string? WhyNot(string text)
    {
        if (text.Length == 0)
        {
            return "it is empty";
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return $"it is longer than {MaxBytes} bytes";
        }

        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || Forbidden.Contains(c, StringComparison.Ordinal))
            {
                return $"it contains U+{(int)c:X4}";
            }
        }

        if (text.Contains("..", StringComparison.Ordinal))
        {
            return "it contains '..'";
        }

        foreach (var segment in text.Split('/'))
        {
            if (segment.Length == 0 || segment[0] is '.' or '-' || segment[^1] == '.' || segment.EndsWith(".lock", StringComparison.Ordinal))
            {
                return $"the part '{segment}' is empty, starts with '.' or '-', or ends in '.' or '.lock'";
            }
        }

        return null;
    }
}
