using System.Buffers.Binary;

namespace W0rktree.Storage.Native;

/// <summary>What a name in a directory is.</summary>
public enum FileType : byte
{
    /// <summary>The file system did not say; ask <see cref="LibC.StatAt"/>.</summary>
    Unknown,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A pipe, socket or device.</summary>
    Special,
}

/// <summary>A moment as the file system keeps it, in nanoseconds since 1970 (UTC).</summary>
public readonly record struct FileTime(long UnixNanoseconds)
{
    internal static FileTime From(long seconds, long nanoseconds) => new(unchecked((seconds * 1_000_000_000L) + nanoseconds));
}

/// <summary>What the file system knows of a file: the fields by which a change is noticed.</summary>
public readonly record struct FileStat
{
    private const int TypeMask = 0xF000;

    /// <summary>Type and permission bits.</summary>
    public required int Mode { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Time of the last change of the content.</summary>
    public required FileTime Modified { get; init; }

    /// <summary>Time of the last change of content or metadata; cannot be set by a program.</summary>
    public required FileTime Changed { get; init; }

    /// <summary>Number of the inode.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Number of the device.</summary>
    public required ulong Device { get; init; }

    /// <summary>Number of names of the file.</summary>
    public required uint Links { get; init; }

    /// <summary>Id of the owning user.</summary>
    public required uint Owner { get; init; }

    /// <summary>What the file is.</summary>
    public FileType Type => (Mode & TypeMask) switch
    {
        0x8000 => FileType.Regular,
        0x4000 => FileType.Directory,
        0xA000 => FileType.Symlink,
        _ => FileType.Special,
    };

    /// <summary>Whether the owner may execute the file.</summary>
    public bool IsExecutable => (Mode & 0x40) != 0;

    /// <summary>The permission bits alone.</summary>
    public int Permissions => Mode & 0xFFF;

    // struct statx has one layout on every Linux architecture, unlike struct stat.
    internal static FileStat FromStatx(ReadOnlySpan<byte> raw) => new()
    {
        Links = U32(raw, 16),
        Owner = U32(raw, 20),
        Mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]),
        Inode = U64(raw, 32),
        Size = unchecked((long)U64(raw, 40)),
        Changed = FileTime.From((long)U64(raw, 96), U32(raw, 104)),
        Modified = FileTime.From((long)U64(raw, 112), U32(raw, 120)),
        Device = ((ulong)U32(raw, 136) << 32) | U32(raw, 140),
    };

    // The 64-bit-inode struct stat of macOS, the same on x64 and arm64.
    internal static FileStat FromMacStat(ReadOnlySpan<byte> raw) => new()
    {
        Device = U32(raw, 0),
        Mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[4..]),
        Links = BinaryPrimitives.ReadUInt16LittleEndian(raw[6..]),
        Inode = U64(raw, 8),
        Owner = U32(raw, 16),
        Modified = FileTime.From((long)U64(raw, 48), (long)U64(raw, 56)),
        Changed = FileTime.From((long)U64(raw, 64), (long)U64(raw, 72)),
        Size = unchecked((long)U64(raw, 96)),
    };

    private static uint U32(ReadOnlySpan<byte> raw, int at) => BinaryPrimitives.ReadUInt32LittleEndian(raw[at..]);

    private static ulong U64(ReadOnlySpan<byte> raw, int at) => BinaryPrimitives.ReadUInt64LittleEndian(raw[at..]);
}
