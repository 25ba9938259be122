using System.Globalization;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// The marks by which a start sees how the run before it ended: a process id that was left behind means that it was killed,
/// and the clean mark says when one last ended as it should. Used only by the process that holds the agent's lock.
/// </summary>
internal sealed class RunMarks(AgentPaths paths, TimeProvider time)
{
    /// <summary>Reads what the run before left.</summary>
    public PreviousRun Read()
    {
        DateTimeOffset? clean = DateTimeOffset.TryParse(TryRead(paths.Clean), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at : null;
        return new PreviousRun(TryRead(paths.Pid)?.Trim(), clean);
    }

    /// <summary>Marks a run as begun.</summary>
    public ValueTask BeginAsync(CancellationToken cancellationToken) =>
        AtomicFile.WriteAsync(paths.Pid, System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0x180, cancellationToken);

    /// <summary>Marks the run as ended cleanly.</summary>
    public async ValueTask EndAsync()
    {
        await AtomicFile.WriteAsync(paths.Clean, System.Text.Encoding.ASCII.GetBytes(time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)), 0x180);
        File.Delete(paths.Pid);
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>How the run before ended.</summary>
/// <param name="StalePid">The process id it left behind; null where it ended cleanly or never was.</param>
/// <param name="LastClean">When a run last ended cleanly.</param>
internal sealed record PreviousRun(string? StalePid, DateTimeOffset? LastClean)
{
    /// <summary>Gets whether the run was cut off.</summary>
    public bool WasCutOff => StalePid is not null;
}
