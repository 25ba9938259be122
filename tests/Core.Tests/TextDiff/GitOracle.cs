using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace W0rktree.Core.Tests.TextDiff;

/// <summary>Runs git, the independent oracle of these tests, away from the configuration of whoever runs them.</summary>
internal sealed class GitOracle : IDisposable
{
    public static bool IsPresent { get; } = Find("git");

    /// <summary>True from git 2.38 on, which brought <c>merge-tree --write-tree</c>.</summary>
    public static bool HasMergeTree { get; } = IsPresent && Version() >= new Version(2, 38);

    public static bool HasPatch { get; } = Find("patch");

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("w0rktree-git-").FullName;

    public static GitOracle WithRepository()
    {
        var git = new GitOracle();
        git.Run([], "init", "-q", ".");
        return git;
    }

    public string PathOf(string name) => Path.Combine(Directory, name);

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content.ToArray());
    }

    public byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    public GitAnswer Run(ReadOnlySpan<byte> input, params string[] arguments) => RunProgram("git", input, arguments);

    public GitAnswer RunProgram(string program, ReadOnlySpan<byte> input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        return new(process.ExitCode, output.ToArray(), errors.GetAwaiter().GetResult());
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static Version Version()
    {
        using var git = new GitOracle();
        var parts = git.Run([], "--version").Text.Split(' ', '.');
        return new(int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}

/// <summary>What a program answered.</summary>
internal sealed record GitAnswer(int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);
}

/// <summary>A test that compares with git; skipped where git is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GitFactAttribute : FactAttribute
{
    public GitFactAttribute() => Skip = GitOracle.IsPresent ? null! : "git is not installed: the recorded vectors stand in for it";
}

/// <summary>A test that compares with the patch program; skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PatchFactAttribute : FactAttribute
{
    public PatchFactAttribute() => Skip = GitOracle.HasPatch ? null! : "patch is not installed";
}

/// <summary>A test that compares with git's merge of trees; skipped where git is absent or too old.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GitMergeTreeFactAttribute : FactAttribute
{
    public GitMergeTreeFactAttribute() => Skip = GitOracle.HasMergeTree ? null! : "git 2.38 or later is not installed";
}
