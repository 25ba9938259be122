using System.Text;
using W0rktree.Core.Ignore;

namespace W0rktree.Cli.Demo;

/// <summary>Copies the user's directory, which is never touched itself, and finds files to edit in the copy.</summary>
internal static class SampleTree
{
    /// <summary>State of version control systems, among it our own: the copy is to be a directory that nobody has versioned yet.</summary>
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal) { ".git", ".hg", ".svn", ".wt" };

    /// <summary>Copies files, executable bits and symlinks, but not what is ignored. Gives how many files and bytes were copied.</summary>
    public static (int Files, long Bytes) Copy(string from, string to) =>
        Copy(new DirectoryInfo(from), to, IgnoreRules.Create(IgnoreOptions.Default, [new("", FilesOf(from))]).Root);

    private static (int Files, long Bytes) Copy(DirectoryInfo from, string to, IgnoreScope scope)
    {
        Directory.CreateDirectory(to);
        var files = 0;
        var bytes = 0L;
        foreach (var item in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, item.Name);
            var name = Encoding.UTF8.GetBytes(item.Name);
            var isFolder = item is DirectoryInfo && item.LinkTarget is null;
            if (Skipped.Contains(item.Name) || scope.Match(name, isFolder).IsIgnored)
            {
                continue;
            }

            if (item.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
                files++;
            }
            else if (item is DirectoryInfo folder)
            {
                var below = Copy(folder, target, scope.Enter(name, FilesOf(folder.FullName)));
                files += below.Files;
                bytes += below.Bytes;
            }
            else if (item is FileInfo file && !file.Attributes.HasFlag(FileAttributes.Device))
            {
                file.CopyTo(target);
                files++;
                bytes += file.Length;
            }
        }

        return (files, bytes);
    }

    private static IgnoreFiles FilesOf(string folder)
    {
        var path = Path.Combine(folder, ".gitignore");
        return File.Exists(path) ? new IgnoreFiles(Git: IgnoreFile.Parse(path, File.ReadAllBytes(path))) : IgnoreFiles.None;
    }

    /// <summary>Finds a text file in which two people can edit far apart: at least ten lines, no NUL byte, as small as possible.</summary>
    public static string? FindText(string root, IReadOnlySet<string> exclude)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateFiles(root, "*", options)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => !path.StartsWith(".wt", StringComparison.Ordinal) && !exclude.Contains(path))
            .Select(path => (path, info: new FileInfo(Path.Combine(root, path))))
            .Where(pair => pair.info.Length is > 400 and < 200_000)
            .OrderBy(pair => pair.info.Length).ThenBy(pair => pair.path, StringComparer.Ordinal)
            .FirstOrDefault(pair => IsText(pair.info.FullName)).path;
    }

    /// <summary>Puts a line at the beginning of a file.</summary>
    public static void EditFirstLine(string path, string line) => File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(line + "\n"), .. File.ReadAllBytes(path)]);

    /// <summary>Puts a line at the end of a file.</summary>
    public static void EditLastLine(string path, string line)
    {
        var bytes = File.ReadAllBytes(path);
        var separator = bytes is [.., (byte)'\n'] or [] ? "" : "\n";
        File.WriteAllBytes(path, [.. bytes, .. Encoding.UTF8.GetBytes(separator + line + "\n")]);
    }

    private static bool IsText(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return !bytes.Contains((byte)0) && bytes.Count(b => b == (byte)'\n') >= 10;
    }
}
