using System.Diagnostics;
using System.Text;

namespace W0rktree.GitBridge.Tests.Support;

/// <summary>A repository made for one test, spoken to by git itself: the oracle.</summary>
internal sealed class Git(string folder)
{
    public string Folder => folder;

    public static Git Init(string folder, bool bare = true)
    {
        Directory.CreateDirectory(folder);
        var git = new Git(folder);
        git.Run(bare ? ["init", "-q", "--bare", "-b", "main", "."] : ["init", "-q", "-b", "main", "."]);
        return git;
    }

    /// <summary>Runs git and gives what it wrote, without the last line feed.</summary>
    public string Run(params string[] arguments) => Encoding.UTF8.GetString(Feed([], arguments)).TrimEnd('\n');

    /// <summary>Runs git with input and gives what it wrote.</summary>
    public byte[] Feed(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in new[] { ("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", folder), ("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@x"), ("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@x") })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feeding.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
        return output.ToArray();
    }

    /// <summary>Writes an object as it is, whatever git thinks of it.</summary>
    public string Object(string type, byte[] bytes) => Encoding.ASCII.GetString(Feed(bytes, "hash-object", "-t", type, "-w", "--literally", "--stdin")).Trim();

    public string Object(string type, string text) => Object(type, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a tree of lines <c>mode SP name NUL id</c>.</summary>
    public string Tree(params (string Mode, byte[] Name, string Id)[] lines)
    {
        using var tree = new MemoryStream();
        foreach (var (mode, name, id) in lines)
        {
            tree.Write(Encoding.ASCII.GetBytes($"{mode} "));
            tree.Write(name);
            tree.WriteByte(0);
            tree.Write(Convert.FromHexString(id));
        }

        return Object("tree", tree.ToArray());
    }

    /// <summary>Writes a tree of ordinary files.</summary>
    public string Tree(params (string Name, string Id)[] files) => Tree([.. files.Select(file => ("100644", Encoding.UTF8.GetBytes(file.Name), file.Id))]);

    /// <summary>Writes the empty tree.</summary>
    public string Tree() => Object("tree", []);

    /// <summary>Lists branches and tags with what they name: for tags the tag objects.</summary>
    public string[] References() => Run("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", "refs/heads", "refs/tags").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lists all commits with their trees, sorted.</summary>
    public string[] Commits() => [.. Run("log", "--branches", "--tags", "--format=%H %T").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
