namespace W0rktree.Cli.Demo;

/// <summary>Copies the user's directory, which is never touched itself, and finds files to edit in the copy.</summary>
internal static class SampleTree
{
    /// <summary>Other systems' state and what builds make: nobody versions these.</summary>
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal) { ".git", ".hg", ".svn", ".wt", "node_modules", "bin", "obj", "artifacts", "target", "__pycache__", ".vs", ".idea" };

    /// <summary>Copies files, executable bits and symlinks. Gives how many files and bytes were copied.</summary>
    public static (int Files, long Bytes) Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        var files = 0;
        var bytes = 0L;
        foreach (var item in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, item.Name);
            if (item.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
                files++;
            }
            else if (item is DirectoryInfo folder)
            {
                if (!Skipped.Contains(folder.Name))
                {
                    var below = Copy(folder.FullName, target);
                    files += below.Files;
                    bytes += below.Bytes;
                }
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
    public static void EditFirstLine(string path, string line) => File.WriteAllBytes(path, [.. System.Text.Encoding.UTF8.GetBytes(line + "\n"), .. File.ReadAllBytes(path)]);

    /// <summary>Puts a line at the end of a file.</summary>
    public static void EditLastLine(string path, string line)
    {
        var bytes = File.ReadAllBytes(path);
        var separator = bytes is [.., (byte)'\n'] or [] ? "" : "\n";
        File.WriteAllBytes(path, [.. bytes, .. System.Text.Encoding.UTF8.GetBytes(separator + line + "\n")]);
    }

    private static bool IsText(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return !bytes.Contains((byte)0) && bytes.Count(b => b == (byte)'\n') >= 10;
    }
}
