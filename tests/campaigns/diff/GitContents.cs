using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace W0rktree.Campaigns.Diff;

/// <summary>Reads contents through one <c>git cat-file --batch</c>.</summary>
internal sealed class GitContents : IDisposable
{
    private readonly Process _git;
    private readonly BufferedStream _output;

    public GitContents(string repository)
    {
        _git = Process.Start(new ProcessStartInfo("git", ["-C", repository, "cat-file", "--batch"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        _output = new BufferedStream(_git.StandardOutput.BaseStream, 1 << 16);
    }

    /// <summary>Reads one; nothing for the id of nothing, null for what is no content (the commit of a submodule).</summary>
    public async Task<byte[]?> ReadAsync(string id)
    {
        if (id.AsSpan().TrimStart('0').IsEmpty)
        {
            return [];
        }

        await _git.StandardInput.WriteAsync($"{id}\n");
        await _git.StandardInput.FlushAsync();
        var head = ReadLine().Split(' ');
        if (head.Length < 3)
        {
            return null;
        }

        var bytes = new byte[int.Parse(head[2], CultureInfo.InvariantCulture)];
        await _output.ReadExactlyAsync(bytes);
        _output.ReadByte();
        return head[1] == "blob" ? bytes : null;
    }

    public void Dispose()
    {
        _git.StandardInput.Close();
        _git.WaitForExit();
        _git.Dispose();
        _output.Dispose();
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (var value = _output.ReadByte(); value is not ('\n' or < 0); value = _output.ReadByte())
        {
            line.Append((char)value);
        }

        return line.ToString();
    }
}
