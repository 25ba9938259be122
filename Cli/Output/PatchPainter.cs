using System.Text;

namespace W0rktree.Cli.Output;

/// <summary>Colours a patch on its way to a terminal, line by line; anywhere else the bytes pass as they are.</summary>
internal sealed class PatchPainter(Terminal terminal, Style style, bool enabled) : IDisposable
{
    private readonly MemoryStream _line = new();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!enabled)
        {
            terminal.RawOutput.Write(bytes);
            return;
        }

        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            _line.Write(bytes[..end]);
            Flush();
            bytes = bytes[(end + 1)..];
        }

        _line.Write(bytes);
    }

    public void Dispose()
    {
        if (_line.Length > 0)
        {
            Flush();
        }

        terminal.RawOutput.Flush();
        _line.Dispose();
    }

    private void Flush()
    {
        var text = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        var painted = text switch
        {
            ['@', '@', ..] => style.Cyan(text),
            ['+', '+', '+', ' ', ..] or ['-', '-', '-', ' ', ..] => style.Bold(text),
            ['d', 'i', 'f', 'f', ' ', ..] => style.Bold(text),
            ['+', ..] => style.Green(text),
            ['-', ..] => style.Red(text),
            _ => text,
        };
        terminal.RawOutput.Write(Encoding.UTF8.GetBytes(painted + "\n"));
    }
}
