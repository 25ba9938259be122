using System.Security.Cryptography;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Lists what a directory holds by walking it, with a hash that the product does not use.</summary>
internal static class FileTree
{
    /// <summary>Gives path → kind and SHA-256 of every file and symlink; what W0rktree keeps at run time is not part of it.</summary>
    public static SortedDictionary<string, string> Of(string root)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Walk(new DirectoryInfo(root), "", found);
        return found;
    }

    private static void Walk(DirectoryInfo folder, string at, SortedDictionary<string, string> found)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = at.Length == 0 ? item.Name : $"{at}/{item.Name}";
            if (path == ".wt/state")
            {
                continue;
            }

            if (item.LinkTarget is { } target)
            {
                found[path] = $"link {target}";
            }
            else if (item is DirectoryInfo below)
            {
                Walk(below, path, found);
            }
            else
            {
                var kind = File.GetUnixFileMode(item.FullName).HasFlag(UnixFileMode.UserExecute) ? "executable" : "file";
                found[path] = $"{kind} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(item.FullName)))}";
            }
        }
    }
}
