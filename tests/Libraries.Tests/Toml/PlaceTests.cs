using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Serialization;

namespace W0rktree.Libraries.Tests.Toml;

/// <summary>What a validator of configuration needs: where each key stands.</summary>
public sealed class PlaceTests
{
    private const string Document = """
        # A comment.
        top = 1
        [worker.watcher]
          debounce_ms = 0x200
        dotted.key = "x"
        [[hook]]
        name = 'first'
        [[hook]]
        name = { "quoted key" = 2 }
        """;

    [Fact]
    public void Each_key_has_its_line_and_column_from_zero()
    {
        var store = new TomlMetadataStore();
        var root = Read(Document, new TomlSerializerOptions { MetadataStore = store, SourceName = "config.toml" });
        Assert.Equal((1, 0), Place(store, root, "top"));

        var worker = (TomlTable)root["worker"];
        Assert.Equal((2, 1), Place(store, root, "worker"));
        Assert.Equal((2, 8), Place(store, worker, "watcher"));
        var watcher = (TomlTable)worker["watcher"];
        Assert.Equal((3, 2), Place(store, watcher, "debounce_ms"));
        Assert.Equal((4, 0), Place(store, watcher, "dotted"));
        Assert.Equal((4, 7), Place(store, (TomlTable)watcher["dotted"], "key"));

        var hooks = (TomlTableArray)root["hook"];
        Assert.Equal((6, 0), Place(store, hooks[0], "name"));
        Assert.Equal((8, 0), Place(store, hooks[1], "name"));
        Assert.Equal((8, 9), Place(store, (TomlTable)hooks[1]["name"], "quoted key"));
    }

    [Fact]
    public void The_span_covers_the_key_and_names_the_document()
    {
        var store = new TomlMetadataStore();
        var root = Read("  some_key = 0b11", new TomlSerializerOptions { MetadataStore = store, SourceName = "config.toml" });
        Assert.True(store.TryGetProperties(root, out var properties));
        Assert.True(properties!.TryGetProperty("some_key", out var property));
        Assert.Equal("config.toml", property.Span.FileName);
        Assert.Equal((2, 8), (property.Span.Offset, property.Span.Length));
        Assert.Equal(TomlPropertyDisplayKind.IntegerBinary, property.DisplayKind);
        Assert.False(properties.TryGetProperty("other", out _));
    }

    [Fact]
    public void A_context_reads_without_reflection_and_keeps_places_too()
    {
        var store = new TomlMetadataStore();
        var context = new TableContext(new TomlSerializerOptions { MetadataStore = store });
        var root = TomlSerializer.Deserialize<TomlTable>("a = 1\nb = 2\n", context)!;
        Assert.Equal((1, 0), Place(store, root, "b"));
        Assert.True(TomlSerializer.TryDeserialize<TomlTable>("c = 3", context, out var other));
        Assert.Equal(["c"], other.Keys);
    }

    private static TomlTable Read(string toml, TomlSerializerOptions options) => TomlSerializer.Deserialize<TomlTable>(toml, options)!;

    private static (int Line, int Column) Place(TomlMetadataStore store, TomlTable table, string key)
    {
        Assert.True(store.TryGetProperties(table, out var properties));
        Assert.True(properties!.TryGetProperty(key, out var property), key);
        return (property.Span.Start.Line, property.Span.Start.Column);
    }

    private sealed class TableContext(TomlSerializerOptions options) : TomlSerializerContext(options)
    {
        public override TomlTypeInfo? GetTypeInfo(Type type, TomlSerializerOptions options) =>
            type == typeof(TomlTable) ? GetBuiltInTypeInfo<TomlTable>(options) : null;
    }
}
