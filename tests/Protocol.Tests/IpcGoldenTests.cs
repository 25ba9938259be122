using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Protocol.Ipc;
using W0rktree.TestKit;

namespace W0rktree.Protocol.Tests;

/// <summary>Shows every change of what is said over the socket and of <c>wt --json</c>: fields are added, never renamed.</summary>
public sealed class IpcGoldenTests
{
    [Fact]
    public void Records_have_the_fields_of_the_golden_file() =>
        Assert.Equal(Golden.Expect("tests/Protocol.Tests/Golden/ipc.json", Describe()), Describe());

    [Fact]
    public void Methods_have_the_names_of_the_golden_file()
    {
        var names = string.Concat(typeof(Methods).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(string)).Select(f => (string)f.GetRawConstantValue()! + "\n").Order(StringComparer.Ordinal));
        Assert.Equal(Golden.Expect("tests/Protocol.Tests/Golden/methods.txt", names), names);
    }

    [Fact]
    public void Every_record_of_the_protocol_is_written_by_the_generated_code()
    {
        var known = Walk().Select(info => info.Type).ToHashSet();
        var missing = typeof(IpcJson).Assembly.GetTypes()
            .Where(type => type is { IsPublic: true, Namespace: "W0rktree.Protocol.Ipc", IsAbstract: false } && type.GetMethod("<Clone>$") is not null && !known.Contains(type))
            .Select(type => type.Name);
        Assert.Empty(missing);
    }

    [Fact]
    public void Absent_parts_are_left_out_and_names_are_snake_case() =>
        Assert.Equal(
            """{"id":7,"error":{"code":"stale_base","message":"m"}}""",
            JsonSerializer.Serialize(new ReplyFrame { Id = 7, Error = new ErrorInfo("stale_base", "m") }, EnvelopeJson.Default.ReplyFrame));

    [Fact]
    public void Fields_that_a_reader_does_not_know_are_ignored()
    {
        var frame = JsonSerializer.Deserialize("""{"id":1,"method":"status","from_the_future":{"a":[1]}}"""u8, EnvelopeJson.Default.RequestFrame)!;
        Assert.Equal("status", frame.Method);
        var hello = JsonSerializer.Deserialize("""{"protocol":1,"client":"x","colour":"red"}"""u8, IpcJson.Default.HelloParams)!;
        Assert.Equal(1, hello.Protocol);
    }

    [Theory]
    [InlineData("""{"method":"status"}""")]
    [InlineData("""{"id":"one"}""")]
    [InlineData("""{"id":1""")]
    [InlineData("[]")]
    public void A_frame_without_its_number_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, EnvelopeJson.Default.RequestFrame));

    private static string Describe()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var info in Walk().OrderBy(info => info.Type.Name, StringComparer.Ordinal))
            {
                json.WriteStartObject(info.Type.Name);
                foreach (var property in info.Properties)
                {
                    json.WriteString(property.Name, $"{TypeText(property.PropertyType)}{(IsOptional(property) ? "?" : "")}");
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    /// <summary>Gives what the contexts name and everything below.</summary>
    private static IEnumerable<JsonTypeInfo> Walk()
    {
        var seen = new HashSet<Type>();
        var open = new Queue<(Type Type, JsonSerializerContext Context)>();
        foreach (var context in new JsonSerializerContext[] { EnvelopeJson.Default, IpcJson.Default })
        {
            foreach (var named in context.GetType().GetCustomAttributesData().Where(a => a.AttributeType == typeof(JsonSerializableAttribute)))
            {
                open.Enqueue(((Type)named.ConstructorArguments[0].Value!, context));
            }
        }

        while (open.TryDequeue(out var next))
        {
            if (!seen.Add(next.Type) || next.Context.GetTypeInfo(next.Type) is not { } info)
            {
                continue;
            }

            if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
            {
                open.Enqueue((info.ElementType!, next.Context));
            }
            else if (info.Kind == JsonTypeInfoKind.Object)
            {
                foreach (var property in info.Properties)
                {
                    open.Enqueue((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, next.Context));
                }

                yield return info;
            }
        }
    }

    private static bool IsOptional(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : property.AttributeProvider is PropertyInfo reflected && new NullabilityInfoContext().Create(reflected).ReadState == NullabilityState.Nullable;

    private static string TypeText(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(byte[]))
        {
            return "base64";
        }

        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            return arguments.Length == 2 ? $"{{{TypeText(arguments[1])}}}" : $"[{TypeText(arguments[0])}]";
        }

        return type.Name switch
        {
            "String" => "string",
            "Boolean" => "bool",
            "Int32" or "Int64" => "integer",
            "Double" => "number",
            "DateTimeOffset" => "time",
            "JsonElement" => "any",
            var name => name,
        };
    }
}
