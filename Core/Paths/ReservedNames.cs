using System.Text;

namespace W0rktree.Core.Paths;

/// <summary>
/// Recognises every spelling that some file system resolves to <c>.wt</c>, <c>.wt-tree</c>, <c>.wt-vfs</c> or <c>.git</c>.
/// A tree that carried such a name could write into another checkout's control folder (as CVE-2014-9390 and
/// CVE-2019-1352 did to git). The exact lower-case names <c>.wt</c> and <c>.wt-tree</c> are legitimate: their versioned
/// parts are tracked; whether they may stand where they stand is decided by the tree's layout, not by the name.
/// </summary>
public static class ReservedNames
{
    private static readonly (string Name, string ShortName)[] Reserved =
    [
        // NTFS derives an 8.3 name from the first six characters left after dropping dots and spaces.
        (".wt", "wt~"),
        (".wt-tree", "wt-tre~"),
        (".wt-vfs", "wt-vfs~"),
        (".git", "git~"),
    ];

    /// <summary>Gives the reserved name that these bytes may resolve to, or null. Exact <c>.wt</c> and <c>.wt-tree</c> give null.</summary>
    public static string? Matches(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(".wt"u8) || name.SequenceEqual(".wt-tree"u8))
        {
            return null;
        }

        // The shortest spelling is "wt~1"; ordinary names leave here without an allocation.
        if (!CouldMatch(name))
        {
            return null;
        }

        var folded = Fold(name);
        foreach (var (reserved, shortName) in Reserved)
        {
            if (folded == reserved || IsShortName(folded, shortName))
            {
                return reserved;
            }
        }

        return null;
    }

    private static bool CouldMatch(ReadOnlySpan<byte> name)
    {
        // A spelling starts, after ignorable code points (bytes over 0x7F), with '.', 'w' or 'g'.
        var first = name[0];
        return first > 0x7F || first is (byte)'.' or (byte)'w' or (byte)'W' or (byte)'g' or (byte)'G';
    }

    private static string Fold(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == ':')
            {
                break; // An NTFS stream: ".git::$INDEX_ALLOCATION" is ".git".
            }

            if (!IsHfsIgnorable(c))
            {
                folded.Append(FoldCase(c));
            }
        }

        // Win32 drops trailing dots and spaces.
        return folded.ToString().TrimEnd('.', ' ');
    }

    /// <summary>Maps the two non-ASCII letters whose lower case is ASCII, and full-width forms that compatibility folding meets.</summary>
    private static char FoldCase(char c) => c switch
    {
        '\u0130' => 'i',
        '\u0131' => 'i',
        '\u212A' => 'k',
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - 0xFEE0)),
        _ => char.ToLowerInvariant(c),
    };

    /// <summary>The code points that HFS+ ignores when it compares names (Apple TN1150; the set git checks).</summary>
    private static bool IsHfsIgnorable(char c) =>
        c is (>= '\u200C' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u206A' and <= '\u206F') or '\uFEFF';

    private static bool IsShortName(string folded, string shortName)
    {
        // "git~1", "wt~2": NTFS numbers the short names; with more than four it hashes, which keeps two leading letters
        // and cannot be told from an honest name, so only the numbered ones are refused.
        return folded.StartsWith(shortName, StringComparison.Ordinal) && IsNumber(folded.AsSpan(shortName.Length));
    }

    private static bool IsNumber(ReadOnlySpan<char> rest) => rest.Length is > 0 and <= 6 && !rest.ContainsAnyExceptInRange('0', '9');
}
