namespace W0rktree.Grains.Accounts;

/// <summary>Counts failed sign-ins of one account, so that passwords cannot be tried through the front.</summary>
/// <remarks>
/// In memory: it starts empty with each activation, which an attacker cannot bring about. A right password does not reset
/// it, else somebody who knows one password of two could try the other without end.
/// </remarks>
internal sealed class SignInLimit
{
    /// <summary>The most failures in a window: 960 tries a day, hopeless against ten characters.</summary>
    public const int MaxFailures = 10;

    /// <summary>The window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Queue<DateTimeOffset> _failures = new();

    /// <summary>Gives when the next attempt may be made; null for now.</summary>
    public DateTimeOffset? BlockedUntil(DateTimeOffset now)
    {
        while (_failures.TryPeek(out var oldest) && oldest + Window <= now)
        {
            _ = _failures.Dequeue();
        }

        return _failures.Count < MaxFailures ? null : _failures.Peek() + Window;
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(DateTimeOffset now) => _failures.Enqueue(now);
}
