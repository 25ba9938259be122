using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Reports how much of large files was read or written: one alone may take longer than a request may be silent. Thread-safe.</summary>
/// <param name="progress">Hears of it.</param>
/// <param name="phase">What is done.</param>
/// <param name="totalBytes">How much there is to do; null where that is not known.</param>
internal sealed class LargeFileProgress(IProgress<ProgressInfo>? progress, string phase, long? totalBytes = null)
{
    /// <summary>Between two reports: far less than a slow disk gives in the time that a request may be silent.</summary>
    private const int ReportBytes = 1 << 25;

    private long _done;

    /// <summary>Counts bytes.</summary>
    public void Add(int count)
    {
        var done = Interlocked.Add(ref _done, count);
        if (done / ReportBytes != (done - count) / ReportBytes)
        {
            progress?.Report(new ProgressInfo(phase, done >> 20, totalBytes >> 20, "MiB"));
        }
    }
}
