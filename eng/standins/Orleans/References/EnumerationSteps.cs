using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>The three calls behind a method that returns <see cref="IAsyncEnumerable{T}"/>.</summary>
internal sealed class EnumerationSteps
{
    private static readonly ConcurrentDictionary<MethodEntry, EnumerationSteps> _byMethod = new();

    private EnumerationSteps(MethodEntry method)
    {
        var element = method.Method.ReturnType.GetGenericArguments()[0];
        var open = typeof(EnumerationSteps)
            .GetMethod(nameof(Opener), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(element).CreateDelegate<Func<MethodEntry, MethodEntry.Special>>();
        Open = method.With(open(method), copiesArguments: true);
        Next = method.With(static async (activation, arguments) => await SessionsOf(activation).NextAsync((long)arguments[0]!), copiesArguments: false);
        Close = method.With(
            static async (activation, arguments) =>
            {
                await SessionsOf(activation).CloseAsync((long)arguments[0]!);
                return null;
            },
            copiesArguments: false);
    }

    public MethodEntry Open { get; }

    public MethodEntry Next { get; }

    public MethodEntry Close { get; }

    public static EnumerationSteps Of(MethodEntry method) => _byMethod.GetOrAdd(method, static m => new EnumerationSteps(m));

    private static MethodEntry.Special Opener<T>(MethodEntry method) => (activation, arguments) =>
    {
        var stop = new CancellationTokenSource();
        if (method.CancellationIndex >= 0)
        {
            arguments[method.CancellationIndex] = stop.Token;
        }

        var sequence = (IAsyncEnumerable<T>)method.InvokeRaw(activation.GrainInstance!, arguments);
        return new ValueTask<object?>(SessionsOf(activation).Open(sequence, stop));
    };

    private static EnumerationSessions SessionsOf(Activation activation)
    {
        if (activation.GetComponent(typeof(EnumerationSessions)) is EnumerationSessions known)
        {
            return known;
        }

        var sessions = new EnumerationSessions();
        activation.SetComponent(sessions);
        return sessions;
    }
}

/// <summary>The open enumerations of one activation; used only in its turns.</summary>
internal sealed class EnumerationSessions
{
    private readonly Dictionary<long, (Func<ValueTask<EnumerationStep?>> Next, Func<ValueTask> Close)> _open = [];
    private long _count;

    public long Open<T>(IAsyncEnumerable<T> sequence, CancellationTokenSource stop)
    {
        var enumerator = sequence.GetAsyncEnumerator(stop.Token);
        _open[++_count] = (Next, Close);
        return _count;

        async ValueTask<EnumerationStep?> Next() => await enumerator.MoveNextAsync()
            ? new EnumerationStep(Serialization.Copiers.Copy(enumerator.Current, new Serialization.CopyContext()))
            : null;

        async ValueTask Close()
        {
            stop.Cancel();
            try
            {
                await enumerator.DisposeAsync();
            }
            catch (NotSupportedException)
            {
                // A pull is still under way; the cancelled token ends it.
            }
        }
    }

    public ValueTask<EnumerationStep?> NextAsync(long session) => _open.TryGetValue(session, out var entry)
        ? entry.Next()
        : throw new EnumerationAbortedException("The enumeration is not known: the grain was deactivated, or it was closed.");

    public ValueTask CloseAsync(long session) => _open.Remove(session, out var entry) ? entry.Close() : default;
}
