using System.Collections.Immutable;
using Orleans.Concurrency;

namespace W0rktree.Orleans.Tests.Values;

// The analyzer of the real packages asks for an id on every property; that one without does not travel is what is tested.
#pragma warning disable ORLEANS0004
[GenerateSerializer]
[Alias("test.Node")]
public class Node
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public List<Node> Children { get; set; } = [];

    [Id(2)]
    public Node? Parent { get; set; }

    /// <summary>Has no id, so it does not travel.</summary>
    public string NotSent { get; set; } = "as constructed";
}

[GenerateSerializer]
[Alias("test.Shape")]
public abstract record Shape
{
    [Id(0)]
    public required string Label { get; init; }
}

[GenerateSerializer]
[Alias("test.Circle")]
public sealed record Circle : Shape
{
    [Id(0)]
    public required double Radius { get; init; }
}

[GenerateSerializer]
[Alias("test.Box")]
public sealed record Box : Shape
{
    [Id(0)]
    public int[] Sides { get; init; } = [];
}

[GenerateSerializer]
[Alias("test.Bag")]
public sealed record Bag
{
    [Id(0)]
    public Dictionary<string, List<int>> Map { get; init; } = [];

    [Id(1)]
    public HashSet<string> Set { get; init; } = [];

    [Id(2)]
    public ImmutableArray<Circle> Array { get; init; } = [];

    [Id(3)]
    public ImmutableDictionary<string, int> Frozen { get; init; } = ImmutableDictionary<string, int>.Empty;

    [Id(4)]
    public int? Maybe { get; init; }

    [Id(5)]
    public DayOfWeek Day { get; init; }

    [Id(6)]
    public (int Number, string Text) Pair { get; init; }

    [Id(7)]
    public byte[]? Bytes { get; init; }

    [Id(8)]
    public DateTimeOffset At { get; init; }
}

[GenerateSerializer]
[Immutable]
[Alias("test.Point")]
public readonly record struct Point
{
    [Id(0)]
    public int X { get; init; }
}

/// <summary>Nobody taught the serializer this one.</summary>
public sealed class Untaught
{
    public int Value { get; set; }
}

[GenerateSerializer]
[Alias("test.TeapotException")]
public sealed class TeapotException : Exception
{
    public TeapotException(string message, int temperature)
        : base(message) => Temperature = temperature;

    [Id(0)]
    public int Temperature { get; private set; }
}

public interface IEchoGrain : IGrainWithStringKey
{
    Task<Node> KeepAsync(Node node);

    Task<Node> ReturnKeptAsync();

    Task<Shape> EchoShapeAsync(Shape shape);

    Task<Bag> EchoBagAsync(Bag bag);

    Task<Point> EchoPointAsync(Point point);

    Task<object?> EchoObjectAsync(object? value);

    Task<T> EchoGenericAsync<T>(T value);

    Task<Immutable<byte[]>> EchoImmutableAsync(Immutable<byte[]> value);

    ValueTask<int> SumAsync(int[] numbers);

    ValueTask DoNothingAsync();

    Task FailAsync(string kind);

    Task<IEchoGrain> GetSelfAsync();

    Task<string> NameOfAsync(IEchoGrain other);

    IAsyncEnumerable<int> CountAsync(int to, CancellationToken cancellationToken);
}
