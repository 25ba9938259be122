using System.Diagnostics;
using System.Text;

namespace W0rktree.Bench.StoreSize;

/// <summary>Reads commits, trees and blobs of a git repository through <c>git cat-file --batch</c>.</summary>
internal sealed class GitObjects : IDisposable
{
    private readonly string _folder;
    private readonly Process _batch;

    public GitObjects(string folder)
    {
        _folder = folder;
        _batch = Process.Start(new ProcessStartInfo("git", ["-C", folder, "cat-file", "--batch"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Lists the commits of a line, oldest first.</summary>
    public string[] Commits(string tip, int count)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", _folder, "rev-list", "--first-parent", $"--max-count={count}", "--reverse", tip]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var lines = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return git.ExitCode == 0 ? lines : throw new InvalidOperationException("git rev-list failed.");
    }

    public byte[] Read(string name)
    {
        _batch.StandardInput.Write($"{name}\n");
        _batch.StandardInput.Flush();
        var stream = _batch.StandardOutput.BaseStream;
        var head = new StringBuilder();
        for (int next; (next = stream.ReadByte()) is not ('\n' or -1);)
        {
            head.Append((char)next);
        }

        var size = int.Parse(head.ToString().Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        var bytes = new byte[size + 1];
        stream.ReadExactly(bytes);
        return bytes[..size];
    }

    /// <summary>Gives the entries of a tree: mode, name, object.</summary>
    public IEnumerable<GitEntry> Tree(string name)
    {
        var bytes = Read(name);
        for (var at = 0; at < bytes.Length;)
        {
            var space = Array.IndexOf(bytes, (byte)' ', at);
            var end = Array.IndexOf(bytes, (byte)0, space);
            yield return new GitEntry(Encoding.ASCII.GetString(bytes, at, space - at), bytes[(space + 1)..end], Convert.ToHexStringLower(bytes.AsSpan(end + 1, 20)));
            at = end + 21;
        }
    }

    public void Dispose()
    {
        _batch.StandardInput.Dispose();
        _batch.WaitForExit();
        _batch.Dispose();
    }
}

/// <summary>One entry of a git tree.</summary>
internal readonly record struct GitEntry(string Mode, byte[] Name, string Object);
