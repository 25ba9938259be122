using System.Globalization;
using System.Text;
using W0rktree.Core.Identity;

namespace W0rktree.LocalAgent.Git.References;

/// <summary>
/// Writes names of git's branches and tags as names here, and back: what a name cannot hold here, and the percent sign
/// itself, becomes <c>%NN</c> of its bytes, as in addresses.
/// </summary>
internal static class ReferenceNames
{
    /// <summary>Gives the branch's name here, or null where it is too long for one.</summary>
    public static BranchName? ToBranch(string gitName)
    {
        var plain = Escape(gitName, static c => c is '%' or '@');
        return BranchName.Parse(plain) is { IsOk: true } name ? name.Value
            : BranchName.Parse(Escape(gitName, static c => !char.IsAsciiLetterOrDigit(c) && c is not ('/' or '_'))) is { IsOk: true } escaped ? escaped.Value
            : null;
    }

    /// <summary>Gives the name in git.</summary>
    public static string ToGit(string name)
    {
        if (!name.Contains('%', StringComparison.Ordinal))
        {
            return name;
        }

        using var bytes = new MemoryStream();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '%' && i + 2 < name.Length && byte.TryParse(name.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.WriteByte(value);
                i += 2;
            }
            else
            {
                bytes.Write(Encoding.UTF8.GetBytes(name[i..(i + 1)]));
            }
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Escape(string name, Func<char, bool> isEscaped)
    {
        var escaped = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.IsBmp && !isEscaped((char)rune.Value))
            {
                escaped.Append(rune.ToString());
                continue;
            }

            foreach (var part in Encoding.UTF8.GetBytes(rune.ToString()))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{part:X2}");
            }
        }

        return escaped.ToString();
    }
}
