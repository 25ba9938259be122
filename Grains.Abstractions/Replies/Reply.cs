using System.Diagnostics.CodeAnalysis;

namespace W0rktree.Grains.Abstractions.Replies;

/// <summary>Answers a grain call with a value or with an expected refusal.</summary>
/// <typeparam name="T">A grain message.</typeparam>
[GenerateSerializer, Immutable]
[Alias("wt.Reply`1")]
public sealed record Reply<T>
    where T : class
{
    /// <summary>Gets the value, where there is one.</summary>
    [Id(0)]
    public T? Value { get; init; }

    /// <summary>Gets the refusal, where there is no value.</summary>
    [Id(1)]
    public Refusal? Refusal { get; init; }

    /// <summary>Gets the value or the refusal.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = Value;
        refusal = value is null ? Refusal ?? Refusals.Broken : null;
        return value is not null;
    }

    /// <summary>Gets the value where a refusal would be a defect of the server.</summary>
    public T Must() => TryGet(out var value, out var refusal) ? value : throw new InvalidOperationException($"{refusal.Code}: {refusal.Message}");

    /// <summary>Wraps a value.</summary>
    public static implicit operator Reply<T>(T value) => new() { Value = value };

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Reply<T>(Refusal refusal) => new() { Refusal = refusal };

    /// <summary>Wraps Core's error.</summary>
    public static implicit operator Reply<T>(Error error) => new() { Refusal = Refusal.Of(error) };
}

/// <summary>Stands for success without a value.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Acknowledged")]
public sealed record Acknowledged
{
    /// <summary>The one value.</summary>
    public static Acknowledged Instance { get; } = new();
}
