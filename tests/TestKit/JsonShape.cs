using System.Text.Json;

namespace W0rktree.TestKit;

/// <summary>
/// Validates JSON against the part of JSON Schema 2020-12 that our own schemas use; a keyword outside of it throws, so that nothing
/// passes because it was not understood. Stricter than the specification in one thing: a field that the schema does not name is wrong.
/// </summary>
public static class JsonShape
{
    private static readonly HashSet<string> Annotations = ["$schema", "title", "description", "format"];

    /// <summary>Says everything that is wrong; nothing where the value is valid.</summary>
    public static IReadOnlyList<string> Check(JsonElement schema, JsonElement value)
    {
        var wrong = new List<string>();
        Check(schema, value, "$", wrong);
        return wrong;
    }

    private static void Check(JsonElement schema, JsonElement value, string place, List<string> wrong)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return;
        }

        foreach (var keyword in schema.EnumerateObject().Where(keyword => !Annotations.Contains(keyword.Name)))
        {
            switch (keyword.Name)
            {
                case "type":
                    CheckType(keyword.Value, value, place, wrong);
                    break;
                case "enum" when !keyword.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)):
                    wrong.Add($"{place}: {value.GetRawText()} is none of {keyword.Value.GetRawText()}");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    wrong.AddRange(keyword.Value.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{place}: '{name}' is not there"));
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (index, item) in value.EnumerateArray().Index())
                    {
                        Check(keyword.Value, item, $"{place}[{index}]", wrong);
                    }

                    break;
                case "anyOf":
                    CheckAny(keyword.Value, value, place, wrong);
                    break;
                case "properties" or "additionalProperties" or "enum" or "required" or "items":
                    break;
                default:
                    throw new NotSupportedException($"The schema uses '{keyword.Name}', which this validator does not know.");
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckFields(schema, value, place, wrong);
        }
    }

    private static void CheckFields(JsonElement schema, JsonElement value, string place, List<string> wrong)
    {
        var known = schema.TryGetProperty("properties", out var properties);
        var open = schema.TryGetProperty("additionalProperties", out var others);
        if (!known && !open && schema.TryGetProperty("anyOf", out _))
        {
            return;
        }

        foreach (var field in value.EnumerateObject())
        {
            if (known && properties.TryGetProperty(field.Name, out var inner))
            {
                Check(inner, field.Value, $"{place}.{field.Name}", wrong);
            }
            else if (open && others.ValueKind is JsonValueKind.Object or JsonValueKind.True)
            {
                Check(others, field.Value, $"{place}.{field.Name}", wrong);
            }
            else
            {
                wrong.Add($"{place}: '{field.Name}' is not in the schema");
            }
        }
    }

    private static void CheckAny(JsonElement choices, JsonElement value, string place, List<string> wrong)
    {
        var all = choices.EnumerateArray().Select(choice => Check(choice, value)).ToList();
        if (all.TrueForAll(found => found.Count > 0))
        {
            wrong.Add($"{place}: fits none of {all.Count} schemas; the nearest: {string.Join("; ", all.MinBy(found => found.Count)!)}");
        }
    }

    private static void CheckType(JsonElement type, JsonElement value, string place, List<string> wrong)
    {
        var allowed = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];
        if (!allowed.Any(name => Is(name, value)))
        {
            wrong.Add($"{place}: {value.ValueKind} is not {type.GetRawText()}");
        }
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"The schema names the type '{type}'."),
    };
}
