using System.Reflection;
using System.Runtime.InteropServices;

namespace ZstdSharp;

/// <summary>Finds the system's zstd library, which this stand-in does not bring along.</summary>
internal static class NativeZstd
{
    public const string Name = "libzstd";

    /// <summary>The oldest version whose deltas with a prefix are trusted: earlier 1.4 releases had bugs in long windows.</summary>
    private const uint MinVersion = 10500;

    /// <summary>Distributions install the versioned name; the others are of macOS, MSYS2 and vcpkg.</summary>
    private static readonly string[] Candidates =
        ["libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "libzstd.dll", "zstd.dll"];

    public static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeZstd).Assembly, static (name, assembly, path) => name == Name ? Load(assembly) : 0);

    private static unsafe nint Load(Assembly assembly)
    {
        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, DllImportSearchPath.SafeDirectories, out var handle))
            {
                var version = ((delegate* unmanaged<uint>)NativeLibrary.GetExport(handle, "ZSTD_versionNumber"))();
                return version >= MinVersion
                    ? handle
                    : throw new DllNotFoundException($"{candidate} is version {version}, and at least {MinVersion} (1.5.0) is needed.");
            }
        }

        throw new DllNotFoundException(
            $"None of {string.Join(", ", Candidates)} was found. This stand-in for ZstdSharp.Port calls the system's zstd library: "
            + "install it (Debian: libzstd1), or build with the real package.");
    }
}
