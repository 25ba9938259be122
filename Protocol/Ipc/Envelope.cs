using System.Text.Json;
using System.Text.Json.Serialization;

namespace W0rktree.Protocol.Ipc;

/// <summary>Carries one frame from a client: a request, or the cancellation of one.</summary>
public sealed record RequestFrame
{
    /// <summary>Gets the number by which replies refer to this request; unique within the connection.</summary>
    public required long Id { get; init; }

    /// <summary>Gets the name of the method (<see cref="Methods"/>); absent in a cancellation.</summary>
    public string? Method { get; init; }

    /// <summary>Gets the absolute directory in which the user stands; methods on a working copy find it from here.</summary>
    public string? Cwd { get; init; }

    /// <summary>Gets the parameters, an object of the method's type.</summary>
    public JsonElement? Params { get; init; }

    /// <summary>Gets whether this cancels the request of the same id.</summary>
    public bool? Cancel { get; init; }
}

/// <summary>Carries one frame from the agent. Exactly one of the four parts is there; result and error are the last of a request.</summary>
public sealed record ReplyFrame
{
    /// <summary>Gets the request that this answers.</summary>
    public required long Id { get; init; }

    /// <summary>Gets how far long work has come.</summary>
    public ProgressInfo? Progress { get; init; }

    /// <summary>Gets one item of a stream.</summary>
    public JsonElement? Event { get; init; }

    /// <summary>Gets the result, an object of the method's type.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Gets why there is no result.</summary>
    public ErrorInfo? Error { get; init; }
}

/// <summary>Tells how far long work has come.</summary>
/// <param name="Phase">What is being done, as a user reads it: "hashing", "uploading".</param>
/// <param name="Done">Units finished.</param>
/// <param name="Total">Units in all, or null where not known yet.</param>
/// <param name="Unit">What is counted: "files", "bytes", "objects".</param>
public sealed record ProgressInfo(string Phase, long Done, long? Total, string Unit);

/// <summary>Tells why a request was refused or failed, in the shape that every API of the product uses.</summary>
/// <param name="Code">Stable snake_case identifier (docs/reference/errors.md).</param>
/// <param name="Message">What happened, for a person.</param>
/// <param name="Hint">The next command to type, where there is one.</param>
/// <param name="Details">Machine-readable particulars.</param>
public sealed record ErrorInfo(string Code, string Message, string? Hint = null, JsonElement? Details = null);

/// <summary>Writes frames without the parts that are absent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestFrame))]
[JsonSerializable(typeof(ReplyFrame))]
public sealed partial class EnvelopeJson : JsonSerializerContext;
