using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Writes a command's answer: JSON with stable fields where it was asked for, else lines for people.</summary>
public sealed class Reporter(Terminal terminal, bool json) : Lines
{
    /// <summary>Gets whether the answer is JSON.</summary>
    public bool Json { get; } = json;

    /// <inheritdoc/>
    public override Style Style { get; } = new(terminal.UseColor && !json);

    /// <summary>Gets where everything goes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>Writes an answer: the object as one line of JSON, or the lines that the renderer makes of it.</summary>
    public void Answer<T>(T value, JsonTypeInfo<T> type, Action<T> renderText)
    {
        using var whole = Terminal.Whole();
        if (Json)
        {
            Terminal.Output.WriteLine(JsonSerializer.Serialize(value, type));
        }
        else
        {
            renderText(value);
        }
    }

    /// <summary>Writes an item of a stream: as one line of JSON, or by the renderer.</summary>
    public void Item<T>(JsonElement item, JsonTypeInfo<T> type, Action<T> renderText)
    {
        if (Json)
        {
            Terminal.Output.WriteLine(item.GetRawText());
            Terminal.Output.Flush();
        }
        else if (item.Deserialize(type) is { } value)
        {
            renderText(value);
        }
    }

    /// <inheritdoc/>
    public override void Line(string text) => Terminal.Output.WriteLine(text);

    /// <summary>Writes a line beside the answer; with JSON nothing, since the answer says it.</summary>
    public void Note(string text)
    {
        if (!Json)
        {
            Terminal.Error.WriteLine(text);
        }
    }

    /// <summary>Writes why a command failed, in the shape that every API of the product uses.</summary>
    public void Fail(ErrorInfo failure)
    {
        var error = NextStep.With(failure);
        if (Json)
        {
            Terminal.Output.WriteLine(JsonSerializer.Serialize(new ErrorBody(error), ErrorJson.Default.ErrorBody));
            return;
        }

        var style = new Style(Terminal.ErrorIsTerminal && !Terminal.NoColor);
        Terminal.Error.WriteLine($"{style.Red("wt:")} {error.Message}");
        if (error.Hint is { } hint)
        {
            Terminal.Error.WriteLine($"    {hint}");
        }
    }
}

/// <summary>The shape of an error in JSON: <c>{"error":{"code","message","hint"?,"details"?}}</c>.</summary>
public sealed record ErrorBody(ErrorInfo Error);

/// <summary>Writes errors as JSON.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ErrorBody))]
public sealed partial class ErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
