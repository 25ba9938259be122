using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>The document that describes the REST API, for people and for generators of clients.</summary>
public sealed class OpenApiTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_document_is_served_to_everybody_and_stands_in_the_reference()
    {
        using var nobody = new RestClient(server.Address);
        var served = JsonNode.Parse((await nobody.GetAsync("openapi.json")).Text)!;
        var actual = served.ToJsonString(Indented) + "\n";
        Assert.Equal(Golden.Expect("docs/reference/openapi.json", actual), actual);
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_the_shape_of_its_failures()
    {
        using var nobody = new RestClient(server.Address);
        var paths = (await nobody.ReadAsync("openapi.json")).GetProperty("paths");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in paths.EnumerateObject().SelectMany(p => p.Value.EnumerateObject()))
        {
            Assert.True(names.Add(operation.Value.GetProperty("operationId").GetString()!));
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.Equal("#/components/schemas/ErrorBody", operation.Value.GetProperty("responses").GetProperty("default").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        }

        Assert.Contains("read_content", names);
    }
}
