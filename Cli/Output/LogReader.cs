using System.Text;

namespace W0rktree.Cli.Output;

/// <summary>Reads the lines that are added to a log, over its rotation: when the file was moved aside, or is shorter, it begins anew.</summary>
internal sealed class LogReader(string path) : IDisposable
{
    private readonly List<byte> _half = [];
    private FileStream? _open;
    private DateTime _moved = File.Exists(path + ".1") ? File.GetLastWriteTimeUtc(path + ".1") : default;

    /// <summary>Gives the whole lines that were added since the last call.</summary>
    public IReadOnlyList<string> ReadNew()
    {
        var lines = new List<string>();
        Drain(lines);

        // The old file is read to its end before the new one begins: what was written just before the rotation is in it.
        if (_open is null || IsReplaced(_open))
        {
            _open?.Dispose();
            _open = TryOpen();
            _half.Clear();
            Drain(lines);
        }

        return lines;
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private FileStream? TryOpen()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// The agent moves a log aside when it is full, and that is when the rotated one changes: its length is then what was read here.
    /// </summary>
    private bool IsReplaced(FileStream open)
    {
        var (now, moved) = (new FileInfo(path), new FileInfo(path + ".1"));
        var wasMoved = moved.Exists && moved.LastWriteTimeUtc != _moved;
        _moved = moved.Exists ? moved.LastWriteTimeUtc : default;
        return now.Exists && (now.Length < open.Position || wasMoved);
    }

    private void Drain(List<string> lines)
    {
        var buffer = new byte[64 * 1024];
        while (_open is not null && _open.Read(buffer) is var count and > 0)
        {
            foreach (var b in buffer.AsSpan(0, count))
            {
                if (b == '\n')
                {
                    lines.Add(Encoding.UTF8.GetString([.. _half]));
                    _half.Clear();
                }
                else
                {
                    _half.Add(b);
                }
            }
        }
    }
}
