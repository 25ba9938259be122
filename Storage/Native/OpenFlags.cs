using System.Runtime.InteropServices;

namespace W0rktree.Storage.Native;

/// <summary>How a file is opened; translated to the numbers of the running platform. Close-on-exec is always set.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>Read only.</summary>
    Read = 0,

    /// <summary>Write only.</summary>
    Write = 1,

    /// <summary>Read and write.</summary>
    ReadWrite = 2,

    /// <summary>Creates the file when it is absent.</summary>
    Create = 4,

    /// <summary>With <see cref="Create"/>: fails when the file exists.</summary>
    Exclusive = 8,

    /// <summary>Empties the file.</summary>
    Truncate = 16,

    /// <summary>Every write goes to the end.</summary>
    Append = 32,

    /// <summary>Fails unless the path names a directory.</summary>
    Directory = 64,

    /// <summary>Fails with ELOOP when the last component is a symbolic link.</summary>
    NoFollow = 128,

    /// <summary>Does not block on pipes and devices; a scan must never hang on one.</summary>
    NonBlocking = 256,
}

internal static class OpenFlagNumbers
{
    private static readonly bool Mac = OperatingSystem.IsMacOS();

    // Linux on arm and arm64 swaps these two pairs against x86.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int ToNative(OpenFlags flags)
    {
        int access = (int)flags & 3;
        int native = access | (Mac ? 0x1000000 : 0x80000);
        native |= Bit(flags, OpenFlags.Create, Mac ? 0x200 : 0x40);
        native |= Bit(flags, OpenFlags.Exclusive, Mac ? 0x800 : 0x80);
        native |= Bit(flags, OpenFlags.Truncate, Mac ? 0x400 : 0x200);
        native |= Bit(flags, OpenFlags.Append, Mac ? 0x8 : 0x400);
        native |= Bit(flags, OpenFlags.NonBlocking, Mac ? 0x4 : 0x800);
        native |= Bit(flags, OpenFlags.Directory, Mac ? 0x100000 : Arm ? 0x4000 : 0x10000);
        native |= Bit(flags, OpenFlags.NoFollow, Mac ? 0x100 : Arm ? 0x8000 : 0x20000);
        return native;
    }

    private static int Bit(OpenFlags flags, OpenFlags flag, int number) => flags.HasFlag(flag) ? number : 0;
}
