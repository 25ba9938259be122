using System.Text;
using W0rktree.Core.Identity;

namespace W0rktree.Cli.Demo;

/// <summary>Hashes a directory by walking it, without asking W0rktree what is in it.</summary>
internal static class Fingerprint
{
    /// <summary>Gives the BLAKE3 over the sorted list of paths, kinds and content hashes; <c>.wt</c>'s runtime state is not part of it.</summary>
    public static string Of(string root)
    {
        var lines = new List<string>();
        Walk(new DirectoryInfo(root), "", lines);
        lines.Sort(StringComparer.Ordinal);
        return ContentHash.OfContent(Encoding.UTF8.GetBytes(string.Join('\n', lines))).ToString();
    }

    /// <summary>Counts the files that a fingerprint covers.</summary>
    public static int CountFiles(string root)
    {
        var lines = new List<string>();
        Walk(new DirectoryInfo(root), "", lines);
        return lines.Count;
    }

    private static void Walk(DirectoryInfo folder, string at, List<string> lines)
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
                lines.Add($"{path}\0link\0{target}");
            }
            else if (item is DirectoryInfo below)
            {
                Walk(below, path, lines);
            }
            else
            {
                var mode = !OperatingSystem.IsWindows() && File.GetUnixFileMode(item.FullName).HasFlag(UnixFileMode.UserExecute) ? "executable" : "file";
                lines.Add($"{path}\0{mode}\0{ContentHash.OfContent(File.ReadAllBytes(item.FullName))}");
            }
        }
    }
}
