using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.Audit;

/// <summary>Says how long the audit is kept.</summary>
internal sealed record AuditOptions
{
    /// <summary>Gets for how many days a record is kept; null for ever, which is the default: nobody loses an audit by forgetting a setting.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Reads <c>Audit:RetentionDays</c>, in the environment <c>Audit__RetentionDays</c>.</summary>
    /// <exception cref="InvalidDataException">It is no number of days.</exception>
    public static AuditOptions Read(IConfiguration configuration) => configuration["Audit:RetentionDays"] is not { Length: > 0 } text ? new()
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days > 0 ? new() { RetentionDays = days }
        : throw new InvalidDataException($"Audit:RetentionDays is '{text}'; it is a number of days, 1 or more.");
}

/// <summary>Removes what is older than the audit is kept, at the start and once a day. What it removes becomes a checkpoint, and is told of.</summary>
internal sealed class AuditRetention(IAuditLog log, AuditOptions options, TimeProvider clock, ILogger<AuditRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.RetentionDays is not { } days)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                var removed = await log.PruneAsync(clock.GetUtcNow() - TimeSpan.FromDays(days), stoppingToken);
                logger.LogInformation("The audit keeps {Days} days; {Removed} older records were removed", days, removed);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The audit could not be pruned; it is tried again in {Interval}", Interval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
