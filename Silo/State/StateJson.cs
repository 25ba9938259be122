using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Identifiers;

namespace W0rktree.Silo.State;

/// <summary>Writes grain states as JSON under the names of their properties; ids as the text that people see.</summary>
/// <remarks>A property that is unknown is ignored and one that is absent has its default, so states may gain properties; none may change its meaning.</remarks>
internal static class StateJson
{
    /// <summary>Gets the options.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters =
            {
                new Text<AccountId>(AccountId.Parse),
                new Text<TenantId>(TenantId.Parse),
                new Text<WorktreeId>(WorktreeId.Parse),
                new Text<TreeId>(TreeId.Parse),
                new Text<CopyId>(CopyId.Parse),
                new Text<ContentHash>(ContentHash.Parse),
                new Text<SnapshotId>(SnapshotId.Parse),
                new Text<TokenHash>(TokenHash.Parse),
                new Text<BranchName>(static text => text.Length == 0 ? default : BranchName.Parse(text).Value),
                new Text<TreePath>(static text => text.Length == 0 ? TreePath.Root : TreePath.Parse(text).Value),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class Text<T>(Func<string, T> parse) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
