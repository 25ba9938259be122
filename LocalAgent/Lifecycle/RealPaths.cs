using System.Runtime.InteropServices;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Gives the one name of a place, without symlinks on the way. A worktree is known by it: reached by another name it is the
/// same worktree, not a copy.
/// </summary>
internal static partial class RealPaths
{
    /// <summary>Resolves a path. What does not exist yet is resolved as far as it does.</summary>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (OperatingSystem.IsWindows())
        {
            return full;
        }

        for (var (at, rest) = (full, ""); ;)
        {
            if (Resolve(at) is { } real)
            {
                return rest.Length == 0 ? real : Path.Combine(real, rest);
            }

            if (Path.GetDirectoryName(at) is not { Length: > 0 } parent)
            {
                return full;
            }

            (rest, at) = (Path.Combine(Path.GetFileName(at), rest), parent);
        }
    }

    /// <summary>Resolves the folder of a path and keeps its last name: a symlink that is itself meant is not followed.</summary>
    public static string OfFolder(string path) =>
        Path.GetDirectoryName(path) is { } folder ? Path.Combine(Of(folder), Path.GetFileName(path)) : path;

    private static unsafe string? Resolve(string path)
    {
        var resolved = RealPath(path, 0);
        if (resolved == 0)
        {
            return null;
        }

        var text = Marshal.PtrToStringUTF8(resolved);
        NativeMemory.Free((void*)resolved);
        return text;
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);
}
