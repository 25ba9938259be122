namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Writes the agent's log: one line an event, with time and level. Contents of files and credentials never stand in it.
/// Thread-safe; a log that cannot be written never stops the agent.
/// </summary>
public sealed class AgentLog(string path, TimeProvider time, Func<string> level) : IDisposable
{
    /// <summary>Beyond this the log becomes <c>worker.log.1</c> and a new one begins, so both together stay small.</summary>
    private const long MaxBytes = 5 * 1024 * 1024;

    private static readonly string[] s_levels = ["debug", "info", "warn", "error"];

    private readonly Lock _lock = new();
    private StreamWriter? _writer;

    /// <summary>Notes what only someone who looks for a fault wants to know.</summary>
    public void Debug(string message) => Write(0, message);

    /// <summary>Notes a step.</summary>
    public void Info(string message) => Write(1, message);

    /// <summary>Notes something that should not be so.</summary>
    public void Warn(string message) => Write(2, message);

    /// <summary>Notes a failure.</summary>
    public void Error(string message) => Write(3, message);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private void Write(int rank, string message)
    {
        if (rank < Math.Max(0, Array.IndexOf(s_levels, level())))
        {
            return;
        }

        lock (_lock)
        {
            try
            {
                _writer ??= Open();
                _writer.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {s_levels[rank],-5} {message.ReplaceLineEndings(" ")}");
                if (_writer.BaseStream.Length > MaxBytes)
                {
                    _writer.Dispose();
                    _writer = null;
                    File.Move(path, path + ".1", overwrite: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _writer = null;
            }
        }
    }

    private StreamWriter Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
    }
}
