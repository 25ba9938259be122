using System.Runtime.CompilerServices;
using Orleans.Concurrency;

namespace W0rktree.Orleans.Tests.Values;

public sealed class EchoGrain : Grain, IEchoGrain
{
    private Node? _kept;

    public Task<Node> KeepAsync(Node node)
    {
        _kept = node;
        return Task.FromResult(node);
    }

    public Task<Node> ReturnKeptAsync() => Task.FromResult(_kept!);

    public Task<Shape> EchoShapeAsync(Shape shape) => Task.FromResult(shape);

    public Task<Bag> EchoBagAsync(Bag bag) => Task.FromResult(bag);

    public Task<Point> EchoPointAsync(Point point) => Task.FromResult(point);

    public Task<object?> EchoObjectAsync(object? value) => Task.FromResult(value);

    public Task<T> EchoGenericAsync<T>(T value) => Task.FromResult(value);

    public Task<Immutable<byte[]>> EchoImmutableAsync(Immutable<byte[]> value) => Task.FromResult(value);

    public ValueTask<int> SumAsync(int[] numbers) => new(numbers.Sum());

    public async ValueTask DoNothingAsync() => await Task.Yield();

    public async Task FailAsync(string kind)
    {
        await Task.Yield();
        throw kind switch
        {
            "argument" => new ArgumentException("not this one", nameof(kind)),
            "teapot" => new TeapotException("short and stout", 90),
            "inner" => new InvalidOperationException("outer", new FormatException("inner")),
            "canceled" => new OperationCanceledException("no more"),
            _ => new KeyNotFoundException(kind),
        };
    }

    public Task<IEchoGrain> GetSelfAsync() => Task.FromResult(this.AsReference<IEchoGrain>());

    public Task<string> NameOfAsync(IEchoGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
