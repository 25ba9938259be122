using System.Collections.Concurrent;
using System.Globalization;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Audit;

/// <summary>
/// Counts requests that are not told of one by one, and writes the counts down once a minute and when the server stops: those that read
/// metadata, and refusals of nobody in particular after the first of their kind. Thread-safe.
/// </summary>
/// <remarks>A record for each would be most of the audit and tell least. A server that is killed loses the counts of its last minute.</remarks>
internal sealed class RequestTally(IAuditLog log, TimeProvider clock, ILogger<RequestTally> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Full, further kinds of requests are counted under one key until the next minute.
    private const int MaxKinds = 20_000;

    private readonly ConcurrentDictionary<Key, long> _counts = new();
    private DateTimeOffset _since = clock.GetUtcNow();

    // How many kinds came since the last time, counted here: the dictionary would take all of its locks to say how many it has.
    private int _kinds;

    /// <summary>Counts one request that read.</summary>
    public void CountRead(TenantId chain, CallerTicket caller, AuditSubject subject) => Count(
        new Key(chain, AuditKind.Reads, caller.Account, caller.Token, caller.Address, subject.Action, subject.Resource, "ok"), first: 1);

    /// <summary>Counts one refusal of nobody in particular; says whether it is the first of its kind in this minute, which is told of by itself.</summary>
    public bool CountRefusal(string address, string action, string outcome) => Count(
        new Key(default, AuditKind.Refusal, default, default, address, action, "", outcome), first: 0) == 0;

    /// <summary>Writes down what was counted.</summary>
    public async Task FlushAsync()
    {
        var (since, until) = (_since, clock.GetUtcNow());
        _since = until;
        Interlocked.Exchange(ref _kinds, 0);
        var window = string.Create(CultureInfo.InvariantCulture, $"from={since:yyyy-MM-ddTHH:mm:ssZ} to={until:yyyy-MM-ddTHH:mm:ssZ}");
        foreach (var key in _counts.Keys.Order(Key.ByText))
        {
            if (_counts.TryRemove(key, out var count) && count > 0)
            {
                await log.AppendAsync(key.Chain, key.ToEntry(window, count), CancellationToken.None);
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
                logger.LogError(e, "Counts of requests could not be written to the audit; they are tried again in {Interval}", Interval);
            }
        }
    }

    private long Count(Key key, long first)
    {
        if (!_counts.ContainsKey(key) && Interlocked.Increment(ref _kinds) > MaxKinds)
        {
            key = key with { Address = "", Action = "(more)", Resource = "", Outcome = key.Kind == AuditKind.Reads ? "ok" : "(more)" };
        }

        return _counts.AddOrUpdate(key, first, static (_, count) => count + 1);
    }

    private sealed record Key(TenantId Chain, AuditKind Kind, AccountId Account, TokenHash Token, string Address, string Action, string Resource, string Outcome)
    {
        public static Comparer<Key> ByText { get; } = Comparer<Key>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

        public AuditEntry ToEntry(string window, long count) => new()
        {
            Kind = Kind,
            ActorKind = Account == default ? AuditActor.Anonymous : AuditActor.Account,
            Actor = Account == default ? "" : Account.ToString(),
            Token = Account == default ? "" : Token.PublicId,
            Address = Address,
            Action = Action,
            Resource = Resource,
            Outcome = Outcome,
            Details = window,
            Count = count,
        };
    }
}
