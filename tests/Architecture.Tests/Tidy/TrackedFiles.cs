using System.Diagnostics;
using W0rktree.TestKit;

namespace W0rktree.Architecture.Tests.Tidy;

/// <summary>One text file of the checkout.</summary>
/// <param name="Path">Relative to the root, with <c>/</c>.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public IReadOnlyList<string> Lines { get; } = Text.Split('\n');

    public bool IsCode => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal) || Path.StartsWith("bench/", StringComparison.Ordinal);

    public bool IsStandin => Path.StartsWith("eng/standins/", StringComparison.Ordinal);

    public bool IsProduct => !IsTest && !Path.StartsWith("eng/", StringComparison.Ordinal);
}

/// <summary>Lists the files that belong to the project: those that git tracks, and new ones that it does not ignore.</summary>
internal static class TrackedFiles
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> Files = new(Read);

    public static IReadOnlyList<SourceFile> All() => Files.Value;

    public static IReadOnlySet<string> Paths() => Files.Value.Select(file => file.Path).ToHashSet();

    private static IReadOnlyList<SourceFile> Read() =>
        [.. List().Where(path => File.Exists(Path.Combine(Repository.Root, path))).Select(Load).OfType<SourceFile>()];

    private static SourceFile? Load(string path)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Root, path));
        // As git does it: a NUL among the first 8,000 bytes makes a file binary.
        return bytes.AsSpan(0, Math.Min(bytes.Length, 8000)).Contains((byte)0) ? null : new SourceFile(path, System.Text.Encoding.UTF8.GetString(bytes));
    }

    private static IEnumerable<string> List()
    {
        if (!Path.Exists(Path.Combine(Repository.Root, ".git")))
        {
            return Walk(new DirectoryInfo(Repository.Root));
        }

        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct();
    }

    // An unpacked archive has no git; what .gitignore names stays out by hand.
    private static IEnumerable<string> Walk(DirectoryInfo folder) => folder.EnumerateFileSystemInfos()
        .Where(entry => entry.Name is not ("bin" or "obj" or "artifacts" or "node_modules" or "TestResults"))
        .SelectMany(entry => entry is DirectoryInfo inner ? Walk(inner) : [Path.GetRelativePath(Repository.Root, entry.FullName).Replace('\\', '/')]);
}
