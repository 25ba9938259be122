using System.Collections.Concurrent;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Silo.Front;

/// <summary>Says how many requests are taken in a minute.</summary>
/// <remarks>Read from the configuration section <c>Limits</c>: <c>Limits__RequestsPerMinute</c> in the environment, and so on.</remarks>
internal sealed record LimitSettings
{
    /// <summary>Gets the most requests of one token: twenty a second, more than a script needs and less than hurts.</summary>
    public int RequestsPerMinute { get; init; } = 1_200;

    /// <summary>Gets the most requests of one address without a token that holds: sign-ins above all, each of which costs a core a fifth of a second.</summary>
    public int AnonymousPerMinute { get; init; } = 300;

    /// <summary>Reads the section.</summary>
    public static LimitSettings Read(IConfiguration configuration) => new()
    {
        RequestsPerMinute = configuration.GetValue("Limits:RequestsPerMinute", 1_200),
        AnonymousPerMinute = configuration.GetValue("Limits:AnonymousPerMinute", 300),
    };
}

/// <summary>Counts the requests of each caller, REST and gRPC together, in windows of a minute, each caller's own. Thread-safe.</summary>
internal sealed class RequestLimits(LimitSettings settings, TimeProvider clock)
{
    // A window is two numbers: an attacker with many addresses costs a few megabytes, and then the oldest are forgotten.
    private const int MaxCallers = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Count> _counts = new(StringComparer.Ordinal);

    // Counted here: the dictionary would take all of its locks to say it, at each request.
    private int _callers;

    /// <summary>Counts a request that a token makes.</summary>
    public Allowance TakeForToken(string token) => Take("token/" + token, settings.RequestsPerMinute);

    /// <summary>Counts a request that comes without a token, or with one that does not hold.</summary>
    public Allowance TakeForAddress(string address) => Take("address/" + address, settings.AnonymousPerMinute);

    /// <summary>Counts a request of any account that belongs to a tenant with a limit of its own.</summary>
    public Allowance TakeForTenant(string tenant, int limit) => Take("tenant/" + tenant, limit);

    /// <summary>Says how many requests of a tenant were counted in this window.</summary>
    public int TakenForTenant(string tenant) => _counts.TryGetValue("tenant/" + tenant, out var count) && clock.GetUtcNow() - count.Since < Window ? count.Taken : 0;

    private Allowance Take(string key, int limit)
    {
        var now = clock.GetUtcNow();
        var count = Next(key, now);
        return new Allowance(limit, Math.Max(0, limit - count.Taken), count.Since + Window - now, count.Taken <= limit);
    }

    private Count Next(string key, DateTimeOffset now)
    {
        while (true)
        {
            if (!_counts.TryGetValue(key, out var before))
            {
                var first = new Count(now, 1);
                if (_counts.TryAdd(key, first))
                {
                    if (Interlocked.Increment(ref _callers) > MaxCallers)
                    {
                        Forget(now);
                    }

                    return first;
                }
            }
            else
            {
                var next = now - before.Since >= Window ? new Count(now, 1) : before with { Taken = before.Taken + 1 };
                if (_counts.TryUpdate(key, next, before))
                {
                    return next;
                }
            }
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, count) in _counts)
        {
            if (now - count.Since >= Window)
            {
                _counts.TryRemove(key, out _);
            }
        }

        var left = _counts.Count;
        if (left >= MaxCallers)
        {
            _counts.Clear();
            left = 0;
        }

        Interlocked.Exchange(ref _callers, left);
    }

    private sealed record Count(DateTimeOffset Since, int Taken);
}

/// <summary>Says how many requests a caller has left.</summary>
/// <param name="Limit">The most in a window.</param>
/// <param name="Remaining">How many are left in this one.</param>
/// <param name="Reset">When the next one begins.</param>
/// <param name="IsGranted">Whether this request is within the limit.</param>
internal readonly record struct Allowance(int Limit, int Remaining, TimeSpan Reset, bool IsGranted)
{
    /// <summary>Gets the whole seconds until the next window, at least one.</summary>
    public int ResetSeconds => Math.Max(1, (int)Math.Ceiling(Reset.TotalSeconds));

    /// <summary>Ends the call where the request is over the limit.</summary>
    public void Require()
    {
        if (!IsGranted)
        {
            throw new RefusedException(
                new Refusal { Code = "rate_limited", Message = $"More than {Limit} requests in a minute.", Hint = $"Try again in {ResetSeconds} s." }, ResetSeconds);
        }
    }
}
