namespace W0rktree.LocalAgent.Sync;

/// <summary>Says how long to wait before the next try: pure, so that it can be tested without a clock.</summary>
/// <param name="Active">Between tries while something is pending.</param>
/// <param name="Idle">Between looks while nothing is.</param>
/// <param name="BackoffBase">After the first failure.</param>
/// <param name="BackoffMax">The longest wait after failures, each doubling the one before.</param>
public readonly record struct SyncSchedule(TimeSpan Active, TimeSpan Idle, TimeSpan BackoffBase, TimeSpan BackoffMax)
{
    /// <summary>Reads the settings in force.</summary>
    public static SyncSchedule Of(Configuration.Settings settings) => new(
        TimeSpan.FromSeconds(settings.Number("worker.sync.interval_active_s")),
        TimeSpan.FromSeconds(settings.Number("worker.sync.interval_idle_s")),
        TimeSpan.FromSeconds(settings.Number("worker.sync.retry_backoff_base_s")),
        TimeSpan.FromSeconds(settings.Number("worker.sync.retry_backoff_max_s")));

    /// <summary>Gives the wait after a try.</summary>
    /// <param name="failures">How many tries in a row have failed; 0 after a success.</param>
    /// <param name="pending">Whether something still has to be sent.</param>
    public TimeSpan After(int failures, bool pending)
    {
        if (failures == 0)
        {
            return pending ? Active : Idle;
        }

        // 2^30 base intervals are past any maximum; the cap keeps the shift from overflowing.
        var wait = BackoffBase * (1L << Math.Min(failures - 1, 30));
        return wait < BackoffMax ? wait : BackoffMax;
    }
}
