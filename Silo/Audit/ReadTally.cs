using System.Collections.Concurrent;
using System.Globalization;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Audit;

/// <summary>Counts requests that read metadata, and writes the counts down once a minute and when the server stops. Thread-safe.</summary>
/// <remarks>A record for each would be most of the audit and tell least. A server that is killed loses the counts of its last minute.</remarks>
internal sealed class ReadTally(IAuditLog log, TimeProvider clock, ILogger<ReadTally> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Full, further kinds of reads are counted under one key until the next minute.
    private const int MaxKinds = 20_000;

    private readonly ConcurrentDictionary<Key, long> _counts = new();
    private DateTimeOffset _since = clock.GetUtcNow();

    /// <summary>Counts one request.</summary>
    public void Count(TenantId chain, CallerTicket caller, AuditSubject subject)
    {
        var key = new Key(chain, caller.Account, caller.Token, caller.Address, subject.Action, subject.Resource);
        if (_counts.Count >= MaxKinds && !_counts.ContainsKey(key))
        {
            key = key with { Chain = caller.Tenant, Action = "(more)", Resource = "" };
        }

        _counts.AddOrUpdate(key, 1, static (_, count) => count + 1);
    }

    /// <summary>Writes down what was counted.</summary>
    public async Task FlushAsync()
    {
        var (since, until) = (_since, clock.GetUtcNow());
        _since = until;
        var window = string.Create(CultureInfo.InvariantCulture, $"from={since:yyyy-MM-ddTHH:mm:ssZ} to={until:yyyy-MM-ddTHH:mm:ssZ}");
        foreach (var key in _counts.Keys.Order(Key.ByText))
        {
            if (_counts.TryRemove(key, out var count))
            {
                await log.AppendAsync(key.Chain, new AuditEntry
                {
                    Kind = AuditKind.Reads, ActorKind = AuditActor.Account, Actor = key.Account.ToString(), Token = key.Token.PublicId, Address = key.Address,
                    Action = key.Action, Resource = key.Resource, Details = window, Count = count,
                }, start: true, CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FlushAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Counts of reads could not be written to the audit; they are tried again in {Interval}", Interval);
            }
        }
    }

    private sealed record Key(TenantId Chain, AccountId Account, TokenHash Token, string Address, string Action, string Resource)
    {
        public static Comparer<Key> ByText { get; } = Comparer<Key>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
    }
}
