using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace W0rktree.Silo.Rest;

/// <summary>Says how REST writes JSON.</summary>
internal static class RestJson
{
    /// <summary>Gets the options.</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions());

    /// <summary>Makes options those of REST.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // Served as JSON with nosniff, never inside of a page.
        return options;
    }
}
