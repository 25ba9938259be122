namespace Orleans.Runtime;

/// <summary>A sequence that a grain produces and a caller pulls, element by element; each pull is a call that interleaves.</summary>
internal sealed class RemoteEnumerable<T>(GrainReference target, MethodEntry method, object?[] arguments) : IAsyncEnumerable<T>
{
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var steps = EnumerationSteps.Of(method);
        var client = target.Shared.Client;
        object?[] sent = [.. arguments];
        var own = method.CancellationIndex >= 0 && sent[method.CancellationIndex] is CancellationToken token ? token : default;
        if (method.CancellationIndex >= 0)
        {
            // The token ends the pulling; what the grain gets is cancelled when the session is closed.
            sent[method.CancellationIndex] = CancellationToken.None;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, own);
        linked.Token.ThrowIfCancellationRequested();
        var session = await client.Call<long>(target, steps.Open, sent);
        try
        {
            while (await client.Call<EnumerationStep?>(target, steps.Next, [session]).WaitAsync(linked.Token) is { } step)
            {
                yield return (T)step.Value!;
            }
        }
        finally
        {
            try
            {
                await client.Call<object?>(target, steps.Close, [session]);
            }
            catch (OrleansException)
            {
                // The grain or its silo is gone, and the session with it.
            }
        }
    }
}

/// <summary>One element on its way.</summary>
[Immutable]
internal sealed record EnumerationStep(object? Value);
