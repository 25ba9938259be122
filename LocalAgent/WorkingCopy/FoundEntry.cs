using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>What stands at a place of the working directory.</summary>
public enum FoundKind : byte
{
    /// <summary>A regular file without the owner's execute bit.</summary>
    File,

    /// <summary>A regular file with the owner's execute bit.</summary>
    Executable,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A socket, pipe or device: never part of a tree.</summary>
    Other,
}

/// <summary>The facts by which a file is recognised as unchanged without reading it.</summary>
/// <param name="SizeBytes">The size; for a symlink the length of its target.</param>
/// <param name="ModifiedNs">The time of the last write in nanoseconds since 1970.</param>
/// <param name="ChangedNs">The time of the last change of anything about the file, which no program can set back.</param>
/// <param name="Inode">The number of the file on its file system.</param>
/// <param name="Mode">Type and permission bits.</param>
public readonly record struct FileStamp(long SizeBytes, long ModifiedNs, long ChangedNs, ulong Inode, uint Mode)
{
    /// <summary>
    /// Gets whether the file system kept the fine time that a checkout gives its files. A time that it rounded could be that of
    /// a later write, too.
    /// </summary>
    public bool IsFine => ModifiedNs % 100 != 0;

    /// <summary>Gets the later of both times.</summary>
    public long NewestNs => Math.Max(ModifiedNs, ChangedNs);

    /// <summary>Tells whether the content is surely the same; the mode may differ.</summary>
    public bool SameContent(FileStamp other) => this with { Mode = 0 } == other with { Mode = 0 };
}

/// <summary>One entry of the working directory as it was found.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Stamp">Its facts.</param>
public readonly record struct FoundEntry(FoundKind Kind, FileStamp Stamp)
{
    /// <summary>Gets how many other names a file has (hard links), by which it may be written as well; 65,535 at most.</summary>
    public ushort OtherNames { get; init; }
}

/// <summary>One line of a directory's listing.</summary>
/// <param name="Name">The name, which obeys the rules of names in trees.</param>
/// <param name="Entry">What it is.</param>
public readonly record struct ListedEntry(EntryName Name, FoundEntry Entry);

/// <summary>A directory's listing.</summary>
/// <param name="Entries">What can be part of a tree, in no order.</param>
/// <param name="Refused">Names that no tree can hold, with the rule they break.</param>
public sealed record DirectoryListing(IReadOnlyList<ListedEntry> Entries, IReadOnlyList<RefusedName> Refused);

/// <summary>A name that cannot be part of a tree.</summary>
/// <param name="Display">The name, rendered for people.</param>
/// <param name="Rule">The rule it breaks.</param>
public sealed record RefusedName(string Display, string Rule);
