namespace W0rktree.Core.Paths;

/// <summary>Holds the rules that every name in history obeys, whatever the platform.</summary>
public static class NameRules
{
    /// <summary>Gives the first rule that a name breaks, as a clause for a message, or null.</summary>
    public static string? FirstBroken(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return "it is empty";
        }

        if (name.Length > EntryName.MaxBytes)
        {
            return $"it is longer than {EntryName.MaxBytes} bytes";
        }

        if (name.IndexOfAny((byte)0, (byte)'/') >= 0)
        {
            return "it contains a NUL or a '/'";
        }

        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            return "'.' and '..' mean directories already";
        }

        return ReservedNames.Matches(name) is { } reserved ? $"some file system takes it for '{reserved}'" : null;
    }
}
