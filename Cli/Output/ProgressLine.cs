using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Draws one line of progress on a terminal's standard error, from half a second on, and takes it away at the end.</summary>
public sealed class ProgressLine(Terminal terminal, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(80);

    private readonly long _started = clock.GetTimestamp();
    private long _drawn;
    private bool _visible;

    /// <summary>Shows how far the work is.</summary>
    public void Report(ProgressInfo progress)
    {
        if (!terminal.ErrorIsTerminal || clock.GetElapsedTime(_started) < Patience || (_visible && clock.GetElapsedTime(_drawn) < Redraw))
        {
            return;
        }

        _drawn = clock.GetTimestamp();
        _visible = true;
        var line = progress.Total is > 0 and var total ? Bar(progress, total) : $"{progress.Phase}: {progress.Done:N0} {progress.Unit}";
        terminal.Error.Write($"\r\e[K{line}");
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_visible)
        {
            terminal.Error.Write("\r\e[K");
        }
    }

    private static string Bar(ProgressInfo progress, long total)
    {
        const int width = 24;
        var filled = (int)Math.Clamp(progress.Done * width / total, 0, width);
        return $"{progress.Phase} [{new string('#', filled)}{new string('.', width - filled)}] {progress.Done:N0}/{total:N0} {progress.Unit}";
    }
}
