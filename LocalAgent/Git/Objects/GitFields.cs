using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Git.Objects;

/// <summary>
/// Says in entries of directories what git says in lines of trees, both ways. What an entry has no place for (an unusual
/// mode, a name that cannot be one here, the pointer in place of a large file) stands in its further fields.
/// </summary>
internal static class GitFields
{
    private const string StandInPrefix = "_git-name-";

    /// <summary>Tells what a mode means; null for none that git ever wrote.</summary>
    public static EntryKind? KindOf(ReadOnlySpan<byte> mode)
    {
        var value = 0;
        foreach (var digit in mode)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > 0x3FFFF)
            {
                return null;
            }

            value = (value << 3) | (digit - '0');
        }

        // As git reads them: the file type decides, and of the permissions only the owner's executable bit.
        return (value & 0xF000) switch
        {
            0x8000 => (value & 0x40) != 0 ? EntryKind.Executable : EntryKind.File,
            0xA000 => EntryKind.Symlink,
            0x4000 => EntryKind.Directory,
            0xE000 => EntryKind.ForeignLink,
            _ => null,
        };
    }

    /// <summary>Gives the mode that git writes today.</summary>
    public static ReadOnlyMemory<byte> ModeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => s_file,
        EntryKind.Executable => s_executable,
        EntryKind.Symlink => s_symlink,
        EntryKind.Directory => s_directory,
        EntryKind.ForeignLink => s_link,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "git has no mode for it."),
    };

    /// <summary>Gives the mode of an entry: the one it was imported with, while it still is of that kind.</summary>
    public static ReadOnlyMemory<byte> ModeOf(DirectoryEntry entry) =>
        entry.Field(EntryField.GitMode) is { } field && KindOf(field.Value.AsSpan()) == entry.Kind ? field.Value.AsMemory() : ModeOf(entry.Kind);

    /// <summary>Gives the name of an entry in git.</summary>
    public static ReadOnlyMemory<byte> NameOf(DirectoryEntry entry) =>
        entry.Field(EntryField.GitName) is { } field && StandIn(field.Value.AsSpan()) == entry.Name ? field.Value.AsMemory() : entry.Name.Memory;

    /// <summary>Makes an entry of a line.</summary>
    /// <param name="mode">Its mode as written.</param>
    /// <param name="name">Its name.</param>
    /// <param name="kind">What the mode means.</param>
    /// <param name="target">What it names here.</param>
    public static DirectoryEntry Entry(ReadOnlySpan<byte> mode, ReadOnlySpan<byte> name, EntryKind kind, GitTarget target)
    {
        var made = EntryName.Create(name);
        var isOwnName = made.IsOk;
        var entryName = isOwnName ? made.Value : StandIn(name);
        var isOwnMode = mode.SequenceEqual(ModeOf(kind).Span);
        if (isOwnName && isOwnMode && target.Pointer is null && kind != EntryKind.ForeignLink)
        {
            return new DirectoryEntry(entryName, kind, target.SizeBytes, target.Hash);
        }

        var fields = new List<EntryField>();
        if (kind == EntryKind.ForeignLink)
        {
            fields.Add(new EntryField(EntryField.ForeignTarget, [.. System.Text.Encoding.ASCII.GetBytes(target.Link.ToString())]));
        }

        if (!isOwnMode)
        {
            fields.Add(new EntryField(EntryField.GitMode, [.. mode]));
        }

        if (!isOwnName)
        {
            fields.Add(new EntryField(EntryField.GitName, [.. name]));
        }

        if (target.Pointer is { } pointer)
        {
            fields.Add(new EntryField(EntryField.GitPointer, [.. pointer]));
        }

        return new DirectoryEntry(entryName, kind, target.SizeBytes, target.Hash, [.. fields]);
    }

    /// <summary>Gives the name that stands in for one that cannot be a name here: the same for the same name everywhere.</summary>
    private static EntryName StandIn(ReadOnlySpan<byte> name) =>
        EntryName.Create($"{StandInPrefix}{GitId.Of(GitType.Blob, name).ToString()[..16]}").Value;

    private static readonly byte[] s_file = "100644"u8.ToArray();
    private static readonly byte[] s_executable = "100755"u8.ToArray();
    private static readonly byte[] s_symlink = "120000"u8.ToArray();
    private static readonly byte[] s_directory = "40000"u8.ToArray();
    private static readonly byte[] s_link = "160000"u8.ToArray();
}

/// <summary>What a line of a tree names, in our terms.</summary>
/// <param name="Hash">The content or the directory.</param>
/// <param name="SizeBytes">The content's size.</param>
/// <param name="Pointer">The blob that git has in place of the content.</param>
/// <param name="Link">The commit of a submodule.</param>
internal sealed record GitTarget(Core.Identity.ContentHash Hash, ulong SizeBytes, byte[]? Pointer = null, GitId Link = default)
{
    /// <summary>Gets what git itself has: the pointer instead of what it points to. A symlink is never resolved.</summary>
    public GitTarget Plain => Pointer is null ? this : new GitTarget(Core.Identity.ContentHash.OfContent(Pointer), (ulong)Pointer.Length);
}
