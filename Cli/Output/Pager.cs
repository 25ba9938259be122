using System.ComponentModel;
using System.Diagnostics;

namespace W0rktree.Cli.Output;

/// <summary>
/// Puts a pager between a long answer and the terminal: <c>WT_PAGER</c>, else <c>PAGER</c>, else less. It shows colours and leaves
/// short answers alone. <c>cat</c> or an empty value means none.
/// </summary>
internal sealed class Pager : IAsyncDisposable
{
    private readonly Process _process;

    private Pager(Process process) => _process = process;

    /// <summary>Starts the pager and leads the terminal's answers to it; null where there is no terminal or no pager.</summary>
    public static Pager? TryStart(Terminal terminal, IReadOnlyDictionary<string, string> environment)
    {
        var command = environment.GetValueOrDefault("WT_PAGER") ?? environment.GetValueOrDefault("PAGER") ?? "less";
        if (!terminal.OutputIsTerminal || OperatingSystem.IsWindows() || command.Trim() is "" or "cat")
        {
            return null;
        }

        // By the shell, because the variable may hold options.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command == "less" ? "command -v less >/dev/null && exec less || exec cat" : command);
        // Quit if it fits a screen, raw colours, leave the screen as it was.
        start.Environment.TryAdd("LESS", "FRX");
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.AutoFlush = true;
            terminal.Output = process.StandardInput;
            terminal.RawOutput = process.StandardInput.BaseStream;
            terminal.IsPaged = true;
            return new Pager(process);
        }
        catch (Win32Exception)
        {
            return null; // No shell: the answer goes to the terminal as it is.
        }
    }

    /// <summary>Ends the answer and waits until the reader has seen enough.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // The reader has quit before the end.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
