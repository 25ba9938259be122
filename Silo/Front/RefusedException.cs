using W0rktree.Core;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Silo.Front;

/// <summary>Ends a call with an expected refusal; the interceptor makes it the answer.</summary>
/// <param name="refusal">What the caller is told.</param>
/// <param name="retryAfterSeconds">In how many seconds the same request would be taken; null where time changes nothing.</param>
internal sealed class RefusedException(Refusal refusal, int? retryAfterSeconds = null) : Exception($"{refusal.Code}: {refusal.Message}")
{
    /// <summary>Gets what the caller is told.</summary>
    public Refusal Refusal => refusal;

    /// <summary>Gets in how many seconds the same request would be taken; null where time changes nothing.</summary>
    public int? RetryAfterSeconds => retryAfterSeconds;
}

/// <summary>Unwraps replies at the front.</summary>
internal static class Replies
{
    /// <summary>Gives the value, or ends the call with the refusal.</summary>
    public static T OrRefuse<T>(this Reply<T> reply)
        where T : class => reply.TryGet(out var value, out var refusal) ? value : throw new RefusedException(refusal);

    /// <summary>Gives the value, or ends the call with the error.</summary>
    public static T OrRefuse<T>(this Result<T> result) => result.TryGet(out var value, out var error) ? value : throw new RefusedException(Refusal.Of(error));

    /// <summary>Makes the refusal of a request that is wrong in itself.</summary>
    public static RefusedException Invalid(string message) => new(Refusals.Invalid(message));
}
