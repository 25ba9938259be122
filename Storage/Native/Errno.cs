using System.Collections.Frozen;

namespace W0rktree.Storage.Native;

/// <summary>Names and numbers of the error codes of the C library on the running platform.</summary>
public static class Errno
{
    // Numbers below 35 are the same on Linux and macOS except EAGAIN; the rest is listed per platform.
    private static readonly FrozenDictionary<int, string> Names = BuildNames();

    /// <summary>No such file or directory.</summary>
    public const int NotFound = 2;

    /// <summary>The call was interrupted by a signal.</summary>
    public const int Interrupted = 4;

    /// <summary>Input/output error of the device.</summary>
    public const int InputOutput = 5;

    /// <summary>Permission denied.</summary>
    public const int AccessDenied = 13;

    /// <summary>The file exists.</summary>
    public const int Exists = 17;

    /// <summary>A link or rename would cross file systems.</summary>
    public const int CrossDevice = 18;

    /// <summary>Not a directory.</summary>
    public const int NotDirectory = 20;

    /// <summary>Is a directory.</summary>
    public const int IsDirectory = 21;

    /// <summary>Invalid argument; file systems answer it to flags that they do not know.</summary>
    public const int InvalidArgument = 22;

    /// <summary>No space left on the device.</summary>
    public const int NoSpace = 28;

    /// <summary>The resource is in use and the caller asked not to wait.</summary>
    public static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Too many levels of symbolic links, also the answer of O_NOFOLLOW to a link.</summary>
    public static int TooManyLinks => OperatingSystem.IsMacOS() ? 62 : 40;

    /// <summary>The directory is not empty.</summary>
    public static int NotEmpty => OperatingSystem.IsMacOS() ? 66 : 39;

    /// <summary>The kernel does not have this call.</summary>
    public static int NoSystemCall => OperatingSystem.IsMacOS() ? 78 : 38;

    /// <summary>The file system does not support this operation.</summary>
    public static int NotSupported => OperatingSystem.IsMacOS() ? 45 : 95;

    /// <summary>Returns the symbolic name of an error number, such as <c>ENOSPC</c>, or <c>errno N</c>.</summary>
    public static string NameOf(int errno) => Names.GetValueOrDefault(errno) ?? $"errno {errno}";

    private static FrozenDictionary<int, string> BuildNames()
    {
        Dictionary<int, string> names = new()
        {
            [1] = "EPERM", [2] = "ENOENT", [4] = "EINTR", [5] = "EIO", [6] = "ENXIO", [9] = "EBADF", [12] = "ENOMEM",
            [13] = "EACCES", [16] = "EBUSY", [17] = "EEXIST", [18] = "EXDEV", [19] = "ENODEV", [20] = "ENOTDIR",
            [21] = "EISDIR", [22] = "EINVAL", [23] = "ENFILE", [24] = "EMFILE", [26] = "ETXTBSY", [27] = "EFBIG",
            [28] = "ENOSPC", [29] = "ESPIPE", [30] = "EROFS", [31] = "EMLINK", [32] = "EPIPE",
        };
        foreach (var (number, name) in OperatingSystem.IsMacOS() ? MacNames : LinuxNames)
        {
            names[number] = name;
        }

        return names.ToFrozenDictionary();
    }

    private static IEnumerable<KeyValuePair<int, string>> LinuxNames =>
    [
        new(11, "EAGAIN"), new(36, "ENAMETOOLONG"), new(38, "ENOSYS"), new(39, "ENOTEMPTY"), new(40, "ELOOP"),
        new(75, "EOVERFLOW"), new(95, "EOPNOTSUPP"), new(116, "ESTALE"), new(122, "EDQUOT"),
    ];

    private static IEnumerable<KeyValuePair<int, string>> MacNames =>
    [
        new(35, "EAGAIN"), new(45, "ENOTSUP"), new(62, "ELOOP"), new(63, "ENAMETOOLONG"), new(66, "ENOTEMPTY"),
        new(69, "EDQUOT"), new(70, "ESTALE"), new(78, "ENOSYS"), new(84, "EOVERFLOW"), new(102, "EOPNOTSUPP"),
    ];
}
