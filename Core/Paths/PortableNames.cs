using System.Text;

namespace W0rktree.Core.Paths;

/// <summary>The file systems whose limits a checkout must respect.</summary>
public enum NamePlatform
{
    /// <summary>Linux: any bytes but NUL and <c>/</c>.</summary>
    Linux,

    /// <summary>macOS: valid UTF-8, compared without case and normalisation.</summary>
    MacOs,

    /// <summary>Windows: no reserved device names, no <c>&lt;&gt;:"|?*\</c>, no trailing dot or space, compared without case.</summary>
    Windows,
}

/// <summary>Tells which names of history a platform cannot hold safely. They stay in history and are refused at checkout there.</summary>
public static class PortableNames
{
    private static readonly HashSet<string> WindowsDevices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    /// <summary>Gives the rule of the platform that a name breaks, as a clause for a message, or null.</summary>
    public static string? FirstBroken(EntryName name, NamePlatform platform) => platform switch
    {
        NamePlatform.Linux => null,
        NamePlatform.MacOs => IsUtf8(name.Bytes) ? null : "macOS holds only names that are valid UTF-8",
        _ => WindowsRule(name),
    };

    /// <summary>Gives the key under which the platform takes two names for the same one.</summary>
    public static string CollisionKey(EntryName name, NamePlatform platform)
    {
        // Bytes that are not UTF-8 map to themselves, so that distinct names stay distinct.
        if (platform == NamePlatform.Linux || !IsUtf8(name.Bytes))
        {
            return Convert.ToHexString(name.Bytes);
        }

        var text = Encoding.UTF8.GetString(name.Bytes);
        return (platform == NamePlatform.MacOs ? text.Normalize(NormalizationForm.FormD) : text).ToUpperInvariant();
    }

    private static string? WindowsRule(EntryName name)
    {
        if (!IsUtf8(name.Bytes))
        {
            return "Windows holds only names that are valid Unicode";
        }

        var text = Encoding.UTF8.GetString(name.Bytes);
        foreach (var c in text)
        {
            if (c < ' ' || "<>:\"|?*\\".Contains(c, StringComparison.Ordinal))
            {
                return $"Windows names cannot contain U+{(int)c:X4}";
            }
        }

        if (text[^1] is '.' or ' ')
        {
            return "Windows drops trailing dots and spaces";
        }

        var stem = text.Split('.')[0].TrimEnd(' ');
        return WindowsDevices.Contains(stem) ? $"'{stem}' is a device on Windows" : null;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);
}
