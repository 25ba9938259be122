namespace W0rktree.Grains.Abstractions.Replies;

/// <summary>Carries an expected refusal across a grain call: <see cref="Error"/> in a form that the cluster can serialize.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.Refusal")]
public sealed record Refusal
{
    /// <summary>Gets the stable snake_case code.</summary>
    [Id(0)]
    public required string Code { get; init; }

    /// <summary>Gets one sentence for a person.</summary>
    [Id(1)]
    public required string Message { get; init; }

    /// <summary>Gets the next step, where there is one.</summary>
    [Id(2)]
    public string? Hint { get; init; }

    /// <summary>Gives the refusal as Core's error.</summary>
    public Error ToError() => new(Code, Message, Hint);

    /// <summary>Takes Core's error.</summary>
    public static Refusal Of(Error error) => new() { Code = error.Code, Message = error.Message, Hint = error.Hint };
}
