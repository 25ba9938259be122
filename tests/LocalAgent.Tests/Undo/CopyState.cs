using System.Security.Cryptography;
using W0rktree.LocalAgent.Tests.Support;

namespace W0rktree.LocalAgent.Tests.Undo;

/// <summary>All that an undo has to bring back: each file with kind, mode and bytes, each reference, the branch. Read from the disk, not from the index.</summary>
internal sealed record CopyState(string Files, string Refs)
{
    public static CopyState Of(CopyFixture fixture)
    {
        var copy = fixture.Copy;
        string[] prefixes = ["branch/", "deleted/", $"line/{copy.Identity.CopyId}/"];
        var refs = prefixes.SelectMany(prefix => copy.Refs.List(prefix).Select(pair => $"{prefix}{pair.Key} {pair.Value}"));
        return new CopyState(FilesOf(fixture.Root), string.Join('\n', refs.Prepend($"on {copy.Position.Branch}")));
    }

    public static string FilesOf(string root)
    {
        var lines = new List<string>();
        Walk(new DirectoryInfo(root), "", lines);
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static void Walk(DirectoryInfo folder, string prefix, List<string> lines)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            if (path == ".wt/state")
            {
                continue;
            }

            if (entry.LinkTarget is { } target)
            {
                lines.Add($"{path} -> {target}");
            }
            else if (entry is DirectoryInfo inner)
            {
                Walk(inner, path + "/", lines);
            }
            else
            {
                var executable = !OperatingSystem.IsWindows() && entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
                lines.Add($"{path} {(executable ? "x" : "-")} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry.FullName)))}");
            }
        }
    }
}
