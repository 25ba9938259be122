using System.Text;

namespace W0rktree.CrashDriver;

/// <summary>Copies and compares folders as they lie there: names, bytes, modes, links.</summary>
internal static class FolderState
{
    public static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var path in Directory.EnumerateFileSystemEntries(from, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            if (new FileInfo(path).LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (Directory.Exists(path))
            {
                Directory.CreateDirectory(target, File.GetUnixFileMode(path));
            }
            else
            {
                File.Copy(path, target);
            }
        }
    }

    /// <summary>Names what a folder holds; two of one name recover alike. Who held a lock does not count.</summary>
    public static string Fingerprint(string folder)
    {
        using var hasher = Blake3.Hasher.New();
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock").Order(StringComparer.Ordinal))
        {
            FileInfo file = new(path);
            var bytes = file.LinkTarget is { } link ? Encoding.UTF8.GetBytes(link) : file.Exists ? File.ReadAllBytes(path) : [];
            hasher.Update(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(folder, path)}\0{file.Attributes}\0{file.UnixFileMode}\0{bytes.Length}\0"));
            hasher.Update(bytes);
        }

        Span<byte> hash = stackalloc byte[32];
        hasher.Finalize(hash);
        return Convert.ToHexStringLower(hash);
    }
}
