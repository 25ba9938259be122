using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.CrashDriver;

/// <summary>The files of the working directory, written and read by the platform's own calls.</summary>
internal static class WorkingFiles
{
    public static void WriteFirst(string work)
    {
        foreach (var path in new[] { "same", "changed", "gone", "d/one", "d/two", "becomes-folder", "tool" })
        {
            Write(work, path, $"{path} first");
        }
    }

    /// <summary>Turns them into those of the other branch: each kind of difference that a switch can meet.</summary>
    public static void WriteSide(string work)
    {
        Write(work, "changed", "changed on side");
        File.Delete(Path.Combine(work, "gone"));
        Directory.Delete(Path.Combine(work, "d"), recursive: true);
        Write(work, "d", "a file now");
        File.Delete(Path.Combine(work, "becomes-folder"));
        Write(work, "becomes-folder/inner", "inner");
        Write(work, "new/deep/file", "new");
        File.SetUnixFileMode(Path.Combine(work, "tool"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(work, "link"), "same");
    }

    /// <summary>What a user has not saved: nowhere else than here.</summary>
    public static void Edit(string work)
    {
        Write(work, "changed", "edited by hand");
        Write(work, "d/two", "edited too");
        Write(work, "fresh", "never saved before");
    }

    /// <summary>Reads what is there, but for the runtime folder.</summary>
    public static SortedDictionary<string, string> Read(string work)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(work, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(work, path);
            FileInfo file = new(path);
            if (name.Split('/')[0] == ".wt" || (file.LinkTarget is null && Directory.Exists(path)))
            {
                continue;
            }

            files[name] = file.LinkTarget is { } target ? Describe(EntryKind.Symlink, ContentHash.OfContent(Encoding.UTF8.GetBytes(target)))
                : Describe(file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? EntryKind.Executable : EntryKind.File, ContentHash.OfContent(File.ReadAllBytes(path)));
        }

        return files;
    }

    public static string Describe(EntryKind kind, ContentHash hash) => $"{kind} {hash}";

    private static void Write(string work, string path, string text)
    {
        var full = Path.Combine(work, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
