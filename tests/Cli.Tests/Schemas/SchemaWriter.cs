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

    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = WithoutNulls };

    public static string Write(string title, string description, IReadOnlyList<JsonTypeInfo> types)
    {
        var schemas = types.Select(type => type.GetJsonSchemaAsNode(Options)).Select(schema => Inline(schema, schema)).ToList();
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

        return whole.ToJsonString(Indented) + "\n";
    }

    // A type that comes again is written as a pointer to its first place. That would lead nowhere inside of another schema, and sends
    // the reader to and fro: it is written out instead. None of our types holds itself.
    private static JsonNode Inline(JsonNode node, JsonNode root)
    {
        switch (node)
        {
            case JsonObject schema when schema["$ref"] is { } pointer:
                return Inline(Find(root, (string)pointer!), root);
            case JsonObject schema:
                return new JsonObject(schema.Where(pair => pair.Key is not ("x-nullable" or "default")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : (JsonNode?)Inline(pair.Value, root))));
            case JsonArray array:
                return new JsonArray([.. array.Select(item => item is null ? null : Inline(item, root))]);
            default:
                return node.DeepClone();
        }
    }

    private static JsonNode Find(JsonNode root, string pointer) =>
        pointer.Split('/').Skip(1).Aggregate(root, (at, step) => at is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!);

    // An absent value is left out, never written as null: so null is no type of ours, and what may be null is not required.
    private static JsonNode WithoutNulls(JsonSchemaExporterContext context, JsonNode node)
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

        if (schema["type"] is JsonArray types && types.Any(type => (string)type! == "null"))
        {
            var left = types.Select(type => (string)type!).Where(type => type != "null").ToList();
            schema["type"] = left.Count == 1 ? JsonValue.Create(left[0]) : new JsonArray([.. left.Select(type => JsonValue.Create(type))]);
        }

        // For the object around it, which is finished after its parts.
        if (context.PropertyInfo is { IsGetNullable: true })
        {
            schema["x-nullable"] = true;
        }

        return schema;
    }
}
