using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace W0rktree.Cli.Tests.Schemas;

/// <summary>Writes the schema of an answer from the generated code that writes the answer.</summary>
internal static class SchemaWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (_, node) => WithoutNulls(node) };

    public static string Write(string title, string description, IReadOnlyList<JsonTypeInfo> types)
    {
        var schemas = types.Select(type => type.GetJsonSchemaAsNode(Options)).ToList();
        var whole = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title, ["description"] = description };
        if (schemas is [JsonObject only])
        {
            foreach (var (name, value) in only)
            {
                whole[name] = value?.DeepClone();
            }
        }
        else
        {
            whole["anyOf"] = new JsonArray([.. schemas]);
        }

        var text = whole.ToJsonString(Indented) + "\n";
        // A pointer would lead nowhere once it stands inside of another schema.
        Assert.DoesNotContain("\"$ref\"", text, StringComparison.Ordinal);
        return text;
    }

    // An absent value is left out, never written as null: so null is no type of ours, and what may be null is not required.
    private static JsonNode WithoutNulls(JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        if (schema["properties"] is JsonObject properties && schema["required"] is JsonArray required)
        {
            var there = required.Select(name => (string)name!).Where(name => properties[name] is not JsonObject property || property["x-nullable"] is null).ToList();
            schema["required"] = new JsonArray([.. there.Select(name => JsonValue.Create(name))]);
        }

        foreach (var property in (schema["properties"] as JsonObject)?.Select(pair => pair.Value).OfType<JsonObject>() ?? [])
        {
            property.Remove("x-nullable");
        }

        if (schema["type"] is JsonArray types && types.Any(type => (string)type! == "null"))
        {
            var left = types.Select(type => (string)type!).Where(type => type != "null").ToList();
            schema["type"] = left.Count == 1 ? JsonValue.Create(left[0]) : new JsonArray([.. left.Select(type => JsonValue.Create(type))]);
            schema["x-nullable"] = true;
        }

        (schema["items"] as JsonObject)?.Remove("x-nullable");
        (schema["additionalProperties"] as JsonObject)?.Remove("x-nullable");
        return schema;
    }
}
